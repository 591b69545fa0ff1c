import Base
import HTTP
import Model
import Posix
import TestSupport

@testable import Providers

/// What was heard of one picture.
@Loop
final class PictureHeard {
  private(set) var events: [PictureEvent] = []
  let ended = Occurrence<PictureEvent>()
  fileprivate(set) var handle: (any PictureHandle)?
  private var awaited: [(@Loop (PictureHeard) -> Bool, Occurrence<Void>)] = []

  init() {}

  func take(_ event: PictureEvent) {
    events.append(event)
    for (matches, occurrence) in awaited where matches(self) { occurrence.happen() }
    switch event {
    case .pictures, .failure, .cancelled: ended.happen(event)
    case .accepted, .queued, .progress: break
    }
  }

  /// Happens as soon as what was heard matches.
  func heard(_ matches: @escaping @Loop (PictureHeard) -> Bool) -> Occurrence<Void> {
    let occurrence = Occurrence<Void>()
    if matches(self) { occurrence.happen() }
    awaited.append((matches, occurrence))
    return occurrence
  }

  var pictures: [MadePicture]? { if case .pictures(let pictures)? = events.last { pictures } else { nil } }
  var failure: ProviderError? { if case .failure(let error)? = events.last { error } else { nil } }
  var progress: [PictureProgress] {
    events.compactMap { if case .progress(let progress) = $0 { progress } else { nil } }
  }
  var accepted: [RemoteJob] {
    events.compactMap { if case .accepted(let job) = $0 { job } else { nil } }
  }
  var queued: [Int?] { events.compactMap { if case .queued(let ahead) = $0 { .some(ahead) } else { nil } } }
  var endings: Int {
    events.count {
      switch $0 {
      case .pictures, .failure, .cancelled: true
      case .accepted, .queued, .progress: false
      }
    }
  }
}

/// One scripted server behind one provider of pictures named `up`, on a clock that only moves when told.
@Loop
final class PictureBench {
  let upstream = ScriptedUpstream()
  let time = ManualTiming()
  let client: HTTPClient
  let pool: PicturePool
  let configuration: PictureConfiguration

  init(
    _ kind: PictureConfiguration.Kind, key: String? = nil,
    change: (inout PictureConfiguration) -> Void = { _ in }
  ) {
    Loop.start()
    var configuration = PictureConfiguration(name: "up", kind: kind, url: upstream.url, key: key)
    change(&configuration)
    self.configuration = configuration
    client = HTTPClient(timing: time.timing)
    pool = PicturePool(
      [configuration],
      seams: ProviderSeams(
        client: client, timing: time.timing,
        wallClock: WallClock { Timestamp("1994-11-06T08:49:07.000Z") ?? Timestamp(milliseconds: 0) },
        random: .seeded(1)))
  }

  nonisolated static var order: PictureOrder {
    var order = PictureOrder(prompt: "a portrait of Mira")
    order.caption = "Mira\non the balcony"
    order.seed = 7
    return order
  }

  /// Places it; the clock stands where it stood.
  func place(
    _ order: PictureOrder = PictureBench.order, sources: PictureSources? = nil, model: String = "up",
    remote: RemoteJob? = nil, resuming: Bool = false
  ) -> PictureHeard {
    let heard = PictureHeard()
    heard.handle = pool.start(
      order, sources: sources, model: model, remote: remote, resuming: resuming
    ) { heard.take($0) }
    time.advance(by: .zero)
    return heard
  }

  /// Until so many alarms of a second or less are set: what was to be asked has been answered.
  func settle(_ alarms: Int) async {
    while time.pending.count(where: { $0 <= .seconds(1) }) < alarms { await Task.yield() }
  }

  /// Until the alarm of that pause is set, and then lets it ring.
  func armed(_ pause: Duration) async {
    await time.armed { $0 == pause }.value
    time.advance(by: pause)
  }

  /// Lets each pause pass as soon as it is made, until the order is over. A pause is at most ten seconds; what a transfer is given is
  /// more, and there is none while a pause is made.
  func finish(_ heard: PictureHeard) async {
    while !heard.ended.hasHappened {
      if let pause = time.pending.first, pause < .seconds(10) { time.advance(by: pause) }
      await Task.yield()
    }
  }
}

extension LooseJSON {
  static func read(_ bytes: [UInt8]) -> LooseJSON? { LooseJSON(bytes.span) }
}
