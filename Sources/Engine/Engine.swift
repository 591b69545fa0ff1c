package import Base
package import Model
package import Providers
package import Store

/// What companions do, apart from sockets: the one room through which data is reached.
///
/// A handful of desks, each with one subject. They are actors on the loop's executor, which the composition root hands
/// in, so that calling them from a handler changes no thread; blocking work goes to the vaults' threads or the files' thread.
package final class Engine: Sendable {
  package let backups: BackupDesk
  package let cards: CardDesk
  package let chats: ChatDesk
  package let companions: CompanionDesk
  package let housekeeping: Housekeeping
  package let messages: MessageDesk
  package let models: ModelDesk
  package let pictures: PictureDesk
  package let scenes: SceneDesk
  package let search: SearchDesk
  package let settings: SettingsDesk
  package let transfers: ChatTransferDesk
  package let trash: TrashDesk
  package let turns: TurnDesk
  package let uploads: UploadDesk
  package let upkeep: UpkeepDesk
  package let usage: UsageDesk

  /// What the rooms below and the world outside give.
  package struct Surroundings: Sendable {
    /// The loop's executor.
    package var executor: any SerialExecutor
    /// A thread that may wait for files.
    package var files: any SerialExecutor
    package var vaults: Vaults
    package var clock: any Clock<Duration>
    package var wallClock: WallClock
    package var ids: ULIDMaker
    /// As they are now: a configuration that is read again may change the rates.
    package var limits: Limits { present.withLock { $0 } }
    private let present: Lock<Limits>
    package var log: LogCentre
    package var metrics: Metrics
    package var backups: BackupPlan
    /// Called on the executor, after the commit that made the event true, in the order of the commits.
    package var publish: @Sendable (Event) -> Void
    let announcements = Announcements()

    package init(
      executor: any SerialExecutor, files: any SerialExecutor, vaults: Vaults, clock: any Clock<Duration>,
      wallClock: WallClock, ids: ULIDMaker, limits: Limits, log: LogCentre,
      metrics: Metrics = Metrics(), backups: BackupPlan = BackupPlan(),
      publish: @escaping @Sendable (Event) -> Void
    ) {
      self.executor = executor
      self.files = files
      self.vaults = vaults
      self.clock = clock
      self.wallClock = wallClock
      self.ids = ids
      present = Lock(limits)
      self.log = log
      self.metrics = metrics
      self.backups = backups
      self.publish = publish
    }

    /// Takes those that need no restart.
    func take(ratesOf fresh: Limits) {
      present.withLock { $0.take(ratesOf: fresh) }
    }
  }

  private let surroundings: Surroundings

  @Loop package init(
    _ surroundings: Surroundings, pool: ProviderPool, defaultModel: String,
    prompt: PromptDefaults = PromptDefaults(), pictures means: PictureMeans
  ) {
    self.surroundings = surroundings
    let recovery = Recovery(
      wallClock: surroundings.wallClock, log: Log(surroundings.log, component: "turns"))
    uploads = UploadDesk(surroundings)
    pictures = PictureDesk(surroundings, means: means, uploads: uploads)
    turns = TurnDesk(surroundings, pool: pool, defaultModel: defaultModel, prompt: prompt)
    turns.pictures = pictures
    let (trash, backups) = (TrashDesk(surroundings, locks: turns.locks), BackupDesk(surroundings))
    self.backups = backups
    self.trash = trash
    companions = CompanionDesk(surroundings, roleplay: turns.roleplay)
    models = ModelDesk(surroundings, pool: pool, standard: defaultModel)
    chats = ChatDesk(surroundings, turns: turns, locks: turns.locks)
    messages = MessageDesk(surroundings, turns: turns)
    housekeeping = Housekeeping(surroundings, trash: trash, backups: backups)
    scenes = SceneDesk(surroundings)
    search = SearchDesk(surroundings)
    settings = SettingsDesk(surroundings)
    cards = CardDesk(surroundings, uploads: uploads)
    transfers = ChatTransferDesk(surroundings, uploads: uploads)
    upkeep = UpkeepDesk(surroundings)
    usage = UsageDesk(surroundings)
    surroundings.vaults.whenOpened { [housekeeping, turns, pictures] (vault, owner) throws(StoreError) in
      let tails = try await recovery.run(vault, of: owner)
      let jobs = try await vault.read { try $0.waitingJobs() }
      // Before the tails, some of which wait for their pictures.
      if !jobs.isEmpty {
        // Where the disk takes no writes they are told as running until they are begun again.
        _ = try? await vault.write(.finishing) { try $0.putBackHaltedJobs() }
        await pictures.resume(jobs, of: owner)
      }
      if !tails.isEmpty { await turns.resume(tails, of: owner) }
      await housekeeping.opened(owner)
    }
  }

  /// As they are now.
  package var limits: Limits { surroundings.limits }

  /// A configuration was read again. Turns that run go on with what they began with.
  @Loop package func apply(
    limits: Limits, defaultModel: String, prompt: PromptDefaults, pictures: PictureDefaults
  ) {
    surroundings.take(ratesOf: limits)
    self.pictures.defaults = pictures
    models.standard = defaultModel
    turns.defaultModel = defaultModel
    turns.take(prompt)
  }
}
