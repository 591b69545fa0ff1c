import Base
import Model
import Store

/// Closes what a crash left open, when a vault is opened and before anybody is served from it: the text is kept, the turn is over, and
/// nothing is generated into it any more. A turn whose reply was whole has only its tail to go on with; it is told to whoever can.
///
/// Closing is a step like any other: it is counted in a commit before it begins, and a turn whose closing ended the daemon three
/// times is failed without another look at what it wrote.
///
/// A disk that takes no writes does not keep the person from reading: the vault is opened, and the turns are closed by the first
/// commit that succeeds, before whatever else is in it. That way nothing new is ever stored beside a turn that a crash left open.
struct Recovery: Sendable {
  static let mostStarts = 3

  let wallClock: WallClock
  let log: Log

  /// On the thread of whoever opens the vault. Answers the turns whose tails are to go on.
  func run(_ vault: Vault, of owner: Owner) async throws(StoreError) -> [Turn] {
    let open = try await vault.read { try $0.openTurns() }
    let tails = open.filter { !$0.turn.phase.isReply }
    try await closeReplies(open.filter(\.turn.phase.isReply), vault, owner)
    guard !tails.isEmpty else { return [] }
    do throws(StoreError) {
      return try await goOn(tails, vault, owner)
    } catch {
      guard error.isOfTheDisk else { throw error }
      log.warning(
        "Tails that a crash cut short wait for the next start: the disk takes no writes.",
        ["uid": owner, "turns": tails.count, "error": error])
      return []
    }
  }

  /// Counted before it begins: a tail that ended the daemon three times is closed, and the next one on its branch reads what it did not.
  private func goOn(
    _ tails: [StoredTurn], _ vault: Vault, _ owner: Owner
  ) async throws(StoreError) -> [Turn] {
    let counted = try await vault.write(.finishing) { transaction in
      try tails.map { stored in
        let starts = try transaction.countStart(of: stored.turn.id)
        if starts <= Self.mostStarts { return (turn: stored.turn, goesOn: true) }
        var turn = stored.turn
        turn.phase = .done
        try transaction.update(turn)
        return (turn: turn, goesOn: false)
      }
    }
    for (turn, goesOn) in counted where !goesOn {
      log.error(
        "The tail of a turn was given up: the daemon ended each time it was to go on.",
        ["turn": turn.id, "uid": owner])
    }
    return counted.filter(\.goesOn).map(\.turn)
  }

  private func closeReplies(
    _ open: [StoredTurn], _ vault: Vault, _ owner: Owner
  ) async throws(StoreError) {
    guard !open.isEmpty else { return }
    // Together when all goes well; one by one once something did not, so that none pays for its neighbour.
    let groups = open.contains { $0.starts > 0 } ? open.map { [$0] } : [open]
    for (index, group) in groups.enumerated() {
      do throws(StoreError) {
        try await close(group, vault, owner)
      } catch {
        guard error.isOfTheDisk else { throw error }
        log.warning(
          "Turns that a crash cut short cannot be closed yet; the first write that succeeds closes them.",
          ["uid": owner, "turns": groups[index...].joined().count, "error": error])
        for group in groups[index...] { await owe(group, vault, owner) }
        return
      }
    }
    log.notice("Turns that a crash cut short were closed.", ["uid": owner, "turns": open.count])
  }

  /// Lives from the ballast: it is the end of something that was begun.
  private func close(_ group: [StoredTurn], _ vault: Vault, _ owner: Owner) async throws(StoreError) {
    let starts = try await vault.write(.finishing) { transaction in
      try group.map { try transaction.countStart(of: $0.turn.id) }
    }
    let now = wallClock.now()
    try await vault.write(.finishing) { try Self.close(group, starts, now, $0) }
    for (stored, starts) in zip(group, starts) where starts > Self.mostStarts {
      log.error(
        "A turn was given up: the daemon ended each time it was to be closed.",
        ["turn": stored.turn.id, "uid": owner, "starts": starts - 1])
    }
  }

  /// Counted and closed in one commit, there being no other before it. If that ends the daemon, the next start counts.
  private func owe(_ group: [StoredTurn], _ vault: Vault, _ owner: Owner) async {
    let (now, log) = (wallClock.now(), log)
    await vault.owe { transaction in
      let starts = try group.map { try transaction.countStart(of: $0.turn.id) }
      try Self.close(group, starts, now, transaction)
    } completion: { result in
      switch result {
      case .success:
        log.notice("Turns that a crash cut short were closed.", ["uid": owner, "turns": group.count])
      case .failure(let error):
        // The next start tries again.
        log.error("Turns that a crash cut short stay open.", ["uid": owner, "error": error])
      }
    }
  }

  private static func close(
    _ group: [StoredTurn], _ starts: [Int], _ now: Timestamp, _ transaction: Transaction
  ) throws {
    for (stored, starts) in zip(group, starts) {
      if starts > mostStarts {
        try fail(stored.turn, now, transaction)
      } else {
        try close(stored.turn, now, transaction)
      }
    }
  }

  private static func close(_ open: Turn, _ now: Timestamp, _ transaction: Transaction) throws {
    var turn = open
    turn.finish = .interrupted
    turn.endedAt = now
    turn.phase = .failed
    // A message that was to be gone on with is an earlier turn's until the first byte, and then what it was before.
    if let reply = turn.replyId { _ = try transaction.settle(message: reply, after: turn.id) }
    if let reply = turn.replyId, let chat = turn.chat, let message = try existing(reply, transaction),
      message.turn == turn.id
    {
      turn.next = Int64(message.text.utf8.count)
      turn.phase = .done
      _ = try transaction.complete(
        message: reply, parts: message.parts, status: .partial, finish: .interrupted, turn: turn.id,
        model: turn.model, usage: nil)
      try touch(chat, head: reply, transaction)
    }
    try transaction.update(turn)
  }

  /// A chat in the trash has no head to move.
  private static func touch(_ chat: ULID, head: ULID, _ transaction: Transaction) throws {
    do {
      try transaction.touch(chat, head: head)
    } catch StoreError.notFound {}
  }

  /// Nothing that was written is read for this: it may be what ended the daemon.
  private static func fail(_ open: Turn, _ now: Timestamp, _ transaction: Transaction) throws {
    var turn = open
    turn.finish = .error
    turn.endedAt = now
    turn.phase = .failed
    turn.error = TurnError(
      code: -32603,
      message: "The daemon ended \(mostStarts) times while it closed this turn, so it was given up.",
      data: ["reason": "crashed", "retryable": true])
    if let reply = turn.replyId {
      _ = try transaction.settle(message: reply, after: turn.id)
      try transaction.giveUp(message: reply)
    }
    try transaction.update(turn)
  }

  /// nil when no byte of it was stored, or when it has been deleted since.
  private static func existing(_ id: ULID, _ transaction: Transaction) throws -> Message? {
    do {
      return try transaction.message(id)
    } catch StoreError.notFound {
      return nil
    }
  }
}
