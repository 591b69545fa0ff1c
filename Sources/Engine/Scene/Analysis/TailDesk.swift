import Base
import Model
import Providers
import Store

/// The tails of all turns: in a chat one after the other, so that each reads what the one before it left.
///
/// They hold no lock, and a reply that needs a place at a provider takes theirs.
@Loop
final class TailDesk {
  private struct Place: Hashable {
    let owner: Owner
    let chat: ULID
  }

  /// Of one owner at a time; the tail of one more reads nothing, and the next on its branch reads it all.
  static let mostOfOwner = 64

  private let surroundings: Engine.Surroundings
  private let pool: ProviderPool
  private let records: TailRecords
  private let log: Log
  private var tails: [ULID: SceneTail] = [:]
  /// The first of each runs.
  private var queues: [Place: [SceneTail]] = [:]
  private var isEnding = false
  var defaults: AnalysisDefaults
  /// Whether a reply is being written right behind a message.
  private let isGoneOn: @Loop (ULID?, Owner) -> Bool
  /// What follows where a picture is to be made of the scene.
  private let illustrate: @Loop (Turn, Owner) -> Void

  init(
    _ surroundings: Engine.Surroundings, pool: ProviderPool, defaults: AnalysisDefaults,
    isGoneOn: @escaping @Loop (ULID?, Owner) -> Bool, illustrate: @escaping @Loop (Turn, Owner) -> Void
  ) {
    self.surroundings = surroundings
    self.pool = pool
    self.defaults = defaults
    self.isGoneOn = isGoneOn
    self.illustrate = illustrate
    records = TailRecords(surroundings)
    log = Log(surroundings.log, component: "scene")
  }

  var count: Int { tails.count }

  /// A reply is stored, and its turn goes on as a tail.
  func begin(_ order: SceneTail.Order) {
    let place = Place(owner: order.owner, chat: order.chat)
    let isCrowded = tails.values.count { $0.order.owner == order.owner } >= Self.mostOfOwner
    let seams = SceneTail.Seams(
      surroundings: surroundings, pool: pool, records: records, defaults: defaults, log: log,
      isGoneOn: { [weak self, isGoneOn] in
        isGoneOn(order.turn.replyId, order.owner) || self?.isFollowed(order, in: place) == true
      }, illustrate: { [illustrate] turn in illustrate(turn, order.owner) })
    let tail = SceneTail(order, seams)
    tails[order.turn.id] = tail
    // What was told to go on by a daemon that is going is left to the next start.
    if isEnding { tail.cancel(.abandoned) }
    if isCrowded { return skip(tail, .crowded) }
    queues[place, default: []].append(tail)
    if queues[place]?.count == 1 { run(tail, in: place) }
  }

  /// Tails that an earlier start left open. They were counted before this.
  func resume(_ turns: [Turn], of owner: Owner) {
    for turn in turns {
      guard let chat = turn.chat else { continue }
      begin(SceneTail.Order(turn: turn, owner: owner, chat: chat))
    }
  }

  /// Whether the tail of a reply right behind that one waits already. Without this, replies that come faster than scenes are read would
  /// leave more and more tails behind.
  private func isFollowed(_ order: SceneTail.Order, in place: Place) -> Bool {
    queues[place]?.contains { $0.order.told != nil && $0.order.told == order.turn.replyId } ?? false
  }

  private func run(_ tail: SceneTail, in place: Place) {
    _ = surroundings.begin {
      await tail.run()
      self.count(tail)
      self.tails[tail.turn.id] = nil
      self.queues[place]?.removeAll { $0 === tail }
      guard let next = self.queues[place]?.first else {
        self.queues[place] = nil
        return
      }
      self.run(next, in: place)
    }
  }

  private func skip(_ tail: SceneTail, _ outcome: SceneTail.Outcome) {
    _ = surroundings.begin {
      await tail.skip(outcome)
      self.count(tail)
      self.tails[tail.turn.id] = nil
    }
  }

  private func count(_ tail: SceneTail) {
    guard let outcome = tail.outcome else { return }
    surroundings.metrics.counter(
      "companion_scene_analyses", "Readings of a scene after a reply, by how they ended.",
      labels: ["outcome": outcome.rawValue]
    ).add()
  }

  // MARK: What others ask

  /// A turn whose tail is not over, as it is now.
  func turn(_ id: ULID, of owner: Owner) -> Turn? { tail(id, of: owner)?.turn }

  /// Whether the scene of one of these messages is still to be read.
  func isPending(_ messages: Set<ULID>, of owner: Owner) -> Bool {
    tails.values.contains { $0.order.owner == owner && $0.turn.replyId.map(messages.contains) == true }
  }

  /// Returns when the turn is over. At once when it has no tail.
  func whenOver(_ id: ULID, of owner: Owner) async { await tail(id, of: owner)?.whenOver() }

  /// Returns when the tail is over; the reply stays as it is.
  func cancel(_ id: ULID, of owner: Owner) async {
    guard let tail = tail(id, of: owner) else { return }
    let place = Place(owner: owner, chat: tail.order.chat)
    if let queue = queues[place], queue.first !== tail, queue.contains(where: { $0 === tail }) {
      queues[place]?.removeAll { $0 === tail }
      skip(tail, .cancelled)
    } else {
      tail.cancel()
    }
    await tail.whenOver()
  }

  /// Something was deleted: tails whose message went with it ask nobody any more.
  func dropOrphans(of owner: Owner) {
    for tail in tails.values where tail.order.owner == owner {
      _ = surroundings.begin { [records] in
        if (try? await records.stands(tail.turn, of: owner)) == false { tail.cancel(.dropped) }
      }
    }
  }

  /// The daemon is going: nobody is waited for, and the next start goes on.
  func abandonAll() {
    isEnding = true
    for tail in tails.values { tail.cancel(.abandoned) }
  }

  private func tail(_ id: ULID, of owner: Owner) -> SceneTail? {
    tails[id].flatMap { $0.order.owner == owner ? $0 : nil }
  }
}
