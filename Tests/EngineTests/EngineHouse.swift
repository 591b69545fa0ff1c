import Base
import Engine
import HTTP
import Model
import Posix
import Providers
import Store
import TestSupport

// Threads cannot be taken down, so all tests share a few.
private let storage = ThreadExecutor(name: "test-storage")
private let readers = [ThreadExecutor(name: "test-reader-1"), ThreadExecutor(name: "test-reader-2")]
private let files = ThreadExecutor(name: "test-files")
private let pictureThreads = WorkerPool(name: "test-pictures", width: 2)

/// An engine over vaults in a folder of its own, with a clock that a test moves.
final class EngineHouse: Sendable {
  let folder: TemporaryFolder
  let vaults: Vaults
  let engine: Engine
  let clock = ManualClock()
  let told: Told
  /// What the providers count.
  let metrics = Metrics()
  let limits: Limits
  let environment: VaultEnvironment

  /// Events in the order they were published.
  final class Told: Sendable {
    private let list = Lock<[Event]>([])
    func add(_ event: Event) { list.withLock { $0.append(event) } }
    var events: [Event] { list.withLock { $0 } }
  }

  /// The offline provider speaks at once, or when `timing` is advanced. Scenes are read out of replies only where `analysis` says how;
  /// the first of `providers`, where there are any, is the one that is asked.
  init(
    limits: Limits = Limits(), in folder: TemporaryFolder? = nil, wallClock: WallClock = .system,
    backups: BackupPlan = BackupPlan(), timing: ManualTiming? = nil, loopTiming: LoopTiming? = nil,
    analysis: AnalysisDefaults? = nil, providers: [ProviderConfiguration] = [],
    lists: [String: [String]] = [:], painter: (any PicturePainter)? = nil,
    pictures: PictureDefaults = PictureDefaults()
  ) async throws {
    Loop.start()
    var prompt = PromptDefaults()
    prompt.analysis.every = 0
    if let analysis { prompt.analysis = analysis }
    self.limits = limits
    let folder = try folder ?? TemporaryFolder()
    let told = Told()
    let environment = VaultEnvironment(
      writer: storage, readers: readers, files: files, clock: ContinuousClock(), wallClock: wallClock,
      log: Log(.silent, component: "store"), limits: limits)
    self.environment = environment
    vaults = Vaults(folder.file("data"), .byUID, environment)
    let surroundings = Engine.Surroundings(
      executor: Loop.executor, files: files, vaults: vaults, clock: clock, wallClock: wallClock,
      ids: ULIDMaker(), limits: limits, log: .silent, metrics: metrics, backups: backups,
      publish: { told.add($0) })
    engine = await Task { @Loop [metrics, prompt, painter, pictures] in
      var offline = ProviderConfiguration.offline
      offline.pace = 0
      let seams = ProviderSeams(
        client: HTTPClient(), timing: timing?.timing ?? loopTiming ?? .system, metrics: metrics)
      return Engine(
        surroundings, pool: ProviderPool(providers + [offline], lists: lists, seams: seams),
        defaultModel: providers.first?.name ?? "offline", prompt: prompt,
        pictures: PictureMeans(
          painter: painter ?? PicturePool(seams: seams), maker: PlainMill(), executor: pictureThreads,
          defaults: pictures))
    }.value
    self.folder = folder
    self.told = told
  }

  static let mira = Owner(uid: 1000)
  static let jon = Owner(uid: 1001)
  static let origin = Origin(number: 7)

  /// Where an owner's uploads lie while they are not whole.
  func uploads(of owner: Owner) -> String { folder.file("data/\(owner)/uploads") }
}

/// Takes what begins with a P for a picture and keeps it as it is: what a queue does is the same whatever pictures are made of.
struct PlainMill: PictureMaking {
  func make(_ bytes: [UInt8], _ order: PictureSize) async throws(PictureFault) -> MilledPicture {
    guard bytes.first == UInt8(ascii: "P") else { throw PictureFault(.broken, "it does not begin with a P") }
    guard bytes.count <= 8 << 20 else { throw PictureFault(.tooLarge(limit: 8 << 20), "A picture") }
    return MilledPicture(
      jpeg: bytes, width: min(order.maxWidth, 640), height: 480,
      thumbnail: Array("T".utf8) + bytes.prefix(1000))
  }
}

extension EngineError {
  /// What happened, without the details: errors carry sentences that a test need not repeat.
  var kind: String {
    switch self {
    case .notFound: "notFound"
    case .leafNotFound: "leafNotFound"
    case .hasChildren: "hasChildren"
    case .conflict: "conflict"
    case .keyConflict: "keyConflict"
    case .uploadConflict: "uploadConflict"
    case .tooLarge: "tooLarge"
    case .tooMany: "tooMany"
    case .invalid: "invalid"
    case .unsupported: "unsupported"
    case .busy: "busy"
    case .rateLimited: "rateLimited"
    case .stale: "stale"
    case .providerFailed: "providerFailed"
    case .refused: "refused"
    case .cancelled: "cancelled"
    case .storageFull: "storageFull"
    case .storageFailed: "storageFailed"
    case .fault: "fault"
    }
  }
}

/// The kind of error that something threw, nil when it threw none.
func failure(_ body: () async throws(EngineError) -> Void) async -> String? {
  do {
    try await body()
    return nil
  } catch { return error.kind }
}
