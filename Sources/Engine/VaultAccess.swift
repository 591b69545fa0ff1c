import Base
import Model
import Providers
import Store

extension EngineError {
  /// The one place where what Store says becomes what Engine says.
  init(_ error: StoreError) {
    switch error {
    case .notFound(let kind, let id): self = .notFound(kind: kind, id: id)
    case .conflict(let revision): self = .conflict(revision: revision)
    case .keyConflict: self = .keyConflict(key: "")
    case .storageFull: self = .storageFull
    case .storageFailed(let name): self = .storageFailed(name)
    case .refusedValues(let name): self = .fault("the database refused values: \(name)")
    case .corrupt, .newerSchema, .alteredMigration, .locked, .refused, .closed:
      self = .storageFailed(error.description)
    case .body(let error as EngineError): self = error
    case .body(let error as RateExceeded):
      self = .rateLimited(
        retryAfterMs: error.retryAfter.wholeMilliseconds,
        limit: error.name == "pictures"
          ? "\(error.limit) pictures an hour" : "\(error.limit) messages a minute")
    case .body(let error as PictureQuotaExceeded):
      self = .tooLarge(what: "Your pictures together", limit: error.limit)
    case .body(let error as HasChildren): self = .hasChildren(count: error.count)
    case .body(let error): self = .fault("\(error)")
    }
  }
}

/// What a write did: its effect (nil when the call was a replay) and what the caller is to be answered.
struct Written<Effect: Sendable, Value: Sendable>: Sendable {
  let effect: Effect?
  let recorded: Recorded<Value>
}

extension Engine.Surroundings {
  func vault(of owner: Owner) async throws(EngineError) -> Vault {
    do throws(StoreError) {
      return try await vaults.vault(for: owner)
    } catch {
      throw EngineError(error)
    }
  }

  func reading<Answer: Sendable>(
    _ owner: Owner, _ body: @Sendable (Snapshot) throws -> Answer
  ) async throws(EngineError) -> Answer {
    let vault = try await vault(of: owner)
    do throws(StoreError) {
      return try await vault.read(body)
    } catch {
      throw EngineError(error)
    }
  }

  /// What a call with this key answered before, if it was made before.
  func replay<Value>(
    _ recording: Recording<Value>, of owner: Owner
  ) async throws(EngineError) -> Recorded<Value>? {
    let stamp = Stamp(key: recording.key, method: recording.method, fingerprint: recording.fingerprint)
    let (now, lifetime) = (wallClock.now(), limits.keyLifetime)
    do throws(EngineError) {
      let known = try await reading(owner) { snapshot in
        try snapshot.replay(of: stamp, now: now, lifetime: lifetime)
      }
      return known.map { .recorded($0, replayed: true) }
    } catch {
      if case .keyConflict = error { throw .keyConflict(key: recording.key) }
      throw error
    }
  }

  /// Runs `body` in the writer's transaction. With a recording, its result is stored under the key in the same commit; a call that
  /// was made before has no effect and is answered what it was answered then.
  ///
  /// The effect's `events` are told to listeners when the caller calls `announce`, after those of earlier commits.
  func writing<Effect: Sendable, Value: Sendable>(
    _ owner: Owner, _ recording: Recording<Value>?,
    events: @escaping @Sendable (Effect) -> [Event] = { _ in [] },
    _ body: @escaping @Sendable (Transaction) throws -> Effect,
    result: @escaping @Sendable (Effect) -> Value
  ) async throws(EngineError) -> Written<Effect, Value> {
    let vault = try await vault(of: owner)
    let announcements = announcements
    let outcome: Result<Written<Effect, Value>, StoreError> = await withCheckedContinuation { continuation in
      vault.submit { transaction in
        try Self.run(body, recording, result, transaction)
      } completion: { outcome in
        if case .success(let written) = outcome, let effect = written.effect {
          announcements.add(events(effect))
        }
        continuation.resume(returning: outcome)
      }
    }
    do throws(StoreError) {
      return try outcome.get()
    } catch {
      if case .keyConflict = error, let recording { throw .keyConflict(key: recording.key) }
      throw EngineError(error)
    }
  }

  /// The end of something that was begun: it has no key, and lives from the ballast when the disk is full.
  func finishing<Effect: Sendable>(
    _ owner: Owner, events: @escaping @Sendable (Effect) -> [Event],
    _ body: @escaping @Sendable (Transaction) throws -> Effect
  ) async throws(EngineError) -> Effect {
    let vault = try await vault(of: owner)
    let announcements = announcements
    let outcome: Result<Effect, StoreError> = await withCheckedContinuation { continuation in
      vault.submit(.finishing, body) { outcome in
        if case .success(let effect) = outcome { announcements.add(events(effect)) }
        continuation.resume(returning: outcome)
      }
    }
    do throws(StoreError) {
      return try outcome.get()
    } catch {
      throw EngineError(error)
    }
  }

  private static func run<Effect: Sendable, Value: Sendable>(
    _ body: @Sendable (Transaction) throws -> Effect, _ recording: Recording<Value>?,
    _ result: @Sendable (Effect) -> Value, _ transaction: Transaction
  ) throws -> Written<Effect, Value> {
    guard let recording else {
      let effect = try body(transaction)
      return Written(effect: effect, recorded: .fresh(result(effect)))
    }
    let stamp = Stamp(key: recording.key, method: recording.method, fingerprint: recording.fingerprint)
    // What is remembered is also what is answered, so it is encoded once.
    var encoded: [UInt8] = []
    let once = try transaction.once(
      stamp,
      encode: { effect in
        encoded = try recording.encode(result(effect))
        return encoded
      }, effect: { transaction in try body(transaction) })
    switch once {
    case .done(let effect): return Written(effect: effect, recorded: .recorded(encoded, replayed: false))
    case .replayed(let bytes): return Written(effect: nil, recorded: .recorded(bytes, replayed: true))
    }
  }

  /// Gets from the writer's thread onto the loop, in order with others who do.
  func perform(_ body: @escaping @Loop @Sendable () -> Void) {
    // With the loop as its preference the task does not visit the shared pool on its way.
    Task(executorPreference: executor as? any TaskExecutor) { @Loop in body() }
  }

  /// A task that begins on the loop and comes back there after each wait without a visit to the shared pool.
  @Loop func begin(_ body: @escaping @Loop () async -> Void) -> Task<Void, Never> {
    Task(executorPreference: executor as? any TaskExecutor, operation: body)
  }

  /// Tells what was committed up to now. On the executor.
  func announce() { announcements.tell(publish) }
}
