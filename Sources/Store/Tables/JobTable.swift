package import Base
package import Model
import SQLite

/// Pictures that are to be made, as rows: what was asked for is never lost, and never made twice because of a crash.
enum JobTable {
  static let visible = VisibleTable(kind: "job", table: "jobs", name: .ulid)

  private static let columns = """
    SELECT j.ulid, (SELECT ulid FROM companions WHERE id = j.companion), (SELECT ulid FROM chats WHERE id = j.chat),
      (SELECT ulid FROM messages WHERE id = j.message), j.kind, j.state, j.priority, j.provider, j.attempts, j.next_try,
      j.image, j.error, j.created, j.started, j.ended, j.change, j.turn, j.round, j.plan, j.remote, j.starts, j.id
    FROM jobs j
    """
  static let byID = Query("\(columns) WHERE j.ulid = ?")
  static let page = Query("\(columns) WHERE j.id < ?1 ORDER BY j.id DESC LIMIT ?2")
  static let openPage = Query("\(columns) WHERE j.open = 1 AND j.id < ?1 ORDER BY j.id DESC LIMIT ?2")
  /// What start-up goes on with, without what is asked for: there may be many.
  static let waiting = Query(
    """
    SELECT j.ulid, (SELECT ulid FROM chats WHERE id = j.chat), (SELECT ulid FROM companions WHERE id = j.companion),
      j.provider, j.priority, j.round, j.next_try, j.starts, j.turn, j.id
    FROM jobs j WHERE j.open = 1 AND j.id > ?1 ORDER BY j.id LIMIT ?2
    """)
  static let insert = Query(
    """
    INSERT INTO jobs (ulid, kind, state, open, priority, round, companion, chat, message, turn, provider, plan, attempts,
      starts, created, change)
    VALUES (?1, ?2, 'queued', 1, ?3, ?4, (SELECT id FROM companions WHERE ulid = ?5),
      (SELECT id FROM chats WHERE ulid = ?6), (SELECT id FROM messages WHERE ulid = ?7), ?8, ?9, ?10, 0, 0, ?11, ?12)
    """)
  /// Of what is over nothing changes any more.
  static let update = Query(
    """
    UPDATE jobs SET state = ?2, open = ?3, round = ?4, provider = ?5, remote = ?6, attempts = ?7, starts = ?8, next_try = ?9,
      image = ?10, error = ?11, started = ?12, ended = ?13, change = ?14 WHERE ulid = ?1 AND open = 1
    """)
  static let reopen = Query(
    """
    UPDATE jobs SET state = 'queued', open = 1, round = ?2, remote = NULL, attempts = 0, starts = 0, next_try = NULL,
      error = NULL, started = NULL, ended = NULL, change = ?3 WHERE ulid = ?1 AND open = 0
    """)
  static let setRound = Query("UPDATE jobs SET round = ?2 WHERE ulid = ?1 AND open = 1")
  static let halted = Query("SELECT ulid FROM jobs WHERE open = 1 AND state = 'running'")
  static let putBack = Query("UPDATE jobs SET state = 'queued', change = ?2 WHERE ulid = ?1")
  static let rest = Query("UPDATE jobs SET starts = 0 WHERE ulid = ?1 AND open = 1")
  static let firstRound = Query("SELECT min(round) FROM jobs WHERE open = 1")
  static let lastRound = Query(
    """
    SELECT max(round) FROM jobs WHERE open = 1 AND chat IS (SELECT id FROM chats WHERE ulid = ?1)
      AND (chat IS NOT NULL OR companion IS (SELECT id FROM companions WHERE ulid = ?2))
    """)
  static let openCount = Query("SELECT count(*) FROM jobs WHERE open = 1")
  static let openOfMessage = Query(
    "SELECT ulid FROM jobs WHERE open = 1 AND +message = (SELECT id FROM messages WHERE ulid = ?)")
  static let waitingOfChat = Query(
    """
    SELECT ulid FROM jobs WHERE open = 1 AND state = 'queued' AND attempts = 0 AND turn IS NOT NULL
      AND +chat = (SELECT id FROM chats WHERE ulid = ?) ORDER BY id
    """)
  static let ofTurn = Query("SELECT ulid FROM jobs WHERE turn = ? ORDER BY id DESC LIMIT 1")
  static let orphans = Query(
    """
    SELECT j.ulid FROM jobs j LEFT JOIN messages m ON m.id = j.message LEFT JOIN chats c ON c.id = j.chat
      LEFT JOIN companions o ON o.id = j.companion
    WHERE j.open = 1 AND (m.trash IS NOT NULL OR c.trash IS NOT NULL OR o.trash IS NOT NULL)
    """)
  /// Few at a time, so that no write pays for many; more go than come.
  static let old = Query("SELECT ulid FROM jobs WHERE open = 0 AND ended <= ? ORDER BY ended LIMIT 4")
  static let remove = Query("DELETE FROM jobs WHERE ulid = ?")
}

/// A job with what only the daemon needs of it.
package struct StoredJob: Sendable {
  package var job: Job
  /// The turn whose tail it is.
  package var turn: ULID?
  /// What is asked for: JSON of whoever asks.
  package var plan: String
  package var remote: String?
  /// Starts without an end.
  package var starts: Int
  package var round: Int64
  /// It was placed at its provider before, and is to be found there: for who begins it, never stored.
  package var isResumed = false
  let row: Int64

  package var waiting: WaitingJob {
    WaitingJob(
      id: job.id, chat: job.chat, companion: job.companion, provider: job.provider, priority: job.priority,
      round: round, nextTry: job.nextTryAt, starts: starts, turn: turn, row: row)
  }
}

package struct NewJob: Sendable {
  package var job: Job
  package var turn: ULID?
  package var plan: String

  package init(_ job: Job, turn: ULID? = nil, plan: String) {
    self.job = job
    self.turn = turn
    self.plan = plan
  }
}

/// A job that waits, as the queue keeps it in memory.
package struct WaitingJob: Sendable, Hashable {
  package var id: ULID
  package var chat: ULID?
  package var companion: ULID?
  package var provider: String
  package var priority: Int
  package var round: Int64
  package var nextTry: Timestamp?
  package var starts: Int
  package var turn: ULID?
  /// Its place among all.
  package var row: Int64
}

extension Reading {
  package func storedJob(_ id: ULID) throws(StoreError) -> StoredJob {
    guard let found = try jobs(JobTable.byID, [.ulid(id)]).first else {
      throw .notFound(kind: "job", id: id.description)
    }
    return found
  }

  /// The newest first.
  package func jobs(activeOnly: Bool = false, before: Int64? = nil, limit: Int) throws(StoreError) -> Page<
    Job
  > {
    let found = try jobs(
      activeOnly ? JobTable.openPage : JobTable.page, [.integer(before ?? .max), .integer(limit + 1)])
    return Page(found.map(\.job), limit: limit) { found[$0].row }
  }

  /// What has not come to its end, in the order in which it was asked for.
  package func waitingJobs(after row: Int64 = 0, limit: Int = .max) throws(StoreError) -> [WaitingJob] {
    try rows(JobTable.waiting, .integer(row), .integer(limit)) { row in
      WaitingJob(
        id: row.ulid(0), chat: row.optionalULID(1), companion: row.optionalULID(2), provider: row.text(3),
        priority: Int(row.integer(4)), round: row.integer(5),
        nextTry: row.optionalInteger(6).map { Timestamp(milliseconds: $0) }, starts: Int(row.integer(7)),
        turn: row.optionalULID(8), row: row.integer(9))
    }
  }

  package func openJobCount() throws(StoreError) -> Int {
    try first(JobTable.openCount) { Int($0.integer(0)) } ?? 0
  }

  /// Those that are to become a message's pictures.
  package func openJobs(ofMessage message: ULID) throws(StoreError) -> [ULID] {
    try rows(JobTable.openOfMessage, .ulid(message)) { $0.ulid(0) }
  }

  /// Those of a chat's tails that nobody has begun with.
  package func unbegunTailJobs(inChat chat: ULID) throws(StoreError) -> [ULID] {
    try rows(JobTable.waitingOfChat, .ulid(chat)) { $0.ulid(0) }
  }

  /// What a turn's tail has asked for, open or over.
  package func job(ofTurn turn: ULID) throws(StoreError) -> ULID? {
    try first(JobTable.ofTurn, .ulid(turn)) { $0.ulid(0) }
  }

  /// Those whose message, chat or companion is in the trash.
  package func orphanedJobs() throws(StoreError) -> [ULID] { try rows(JobTable.orphans) { $0.ulid(0) } }

  private func jobs(_ query: Query, _ values: [Value]) throws(StoreError) -> [StoredJob] {
    let found = try rows(query, values) { row -> (StoredJob, [UInt8]?) in
      var job = Job(
        id: row.ulid(0), kind: Job.Kind(rawValue: row.text(4)) ?? .imagine,
        state: Job.State(rawValue: row.text(5)) ?? .failed, companion: row.optionalULID(1),
        chat: row.optionalULID(2), message: row.optionalULID(3), attempts: Int(row.integer(8)),
        provider: row.text(7), priority: Int(row.integer(6)),
        createdAt: Timestamp(milliseconds: row.integer(12)), change: row.integer(15))
      job.nextTryAt = row.optionalInteger(9).map { Timestamp(milliseconds: $0) }
      job.image = row.optionalULID(10)
      job.startedAt = row.optionalInteger(13).map { Timestamp(milliseconds: $0) }
      job.endedAt = row.optionalInteger(14).map { Timestamp(milliseconds: $0) }
      if job.state == .succeeded { job.progress = 1 }
      let stored = StoredJob(
        job: job, turn: row.optionalULID(16), plan: row.text(18), remote: row.optionalText(19),
        starts: Int(row.integer(20)), round: row.integer(17), row: row.integer(21))
      return (stored, row.optionalBytes(11))
    }
    return try found.map { (stored, error) throws(StoreError) in
      var stored = stored
      stored.job.error = try decoded(error)
      return stored
    }
  }
}

extension Transaction {
  /// How long a job that is over can be looked at.
  private static var lifetime: Duration { .seconds(30 * 86_400) }

  package func insert(_ new: NewJob) throws(StoreError) -> StoredJob {
    let job = new.job
    try run(
      JobTable.insert, .ulid(job.id), .text(job.kind.rawValue), .integer(job.priority),
      .integer(try nextRound(chat: job.chat, companion: job.companion)), .optional(job.companion),
      .optional(job.chat), .optional(job.message), .optional(new.turn), .text(job.provider), .text(new.plan),
      .integer(now.milliseconds), .integer(stamp()))
    let oldest = now + (.zero - Self.lifetime)
    for old in try rows(JobTable.old, .integer(oldest.milliseconds), read: { $0.ulid(0) }) {
      try run(JobTable.remove, .ulid(old))
      try bury(kind: "job", id: old.description)
    }
    return try storedJob(job.id)
  }

  /// Chats take turns: each of a chat's jobs has a round of its own, and whoever comes anew begins in the one that is going on. In the
  /// order of rounds nobody waits for more than one of each other chat.
  private func nextRound(chat: ULID?, companion: ULID?) throws(StoreError) -> Int64 {
    let present = try first(JobTable.firstRound) { $0.optionalInteger(0) } ?? nil
    let own = try first(JobTable.lastRound, .optional(chat), .optional(companion)) { $0.optionalInteger(0) }
    return max(present ?? 0, (own ?? nil).map { $0 + 1 } ?? 0)
  }

  /// Stores a job as it is now; one that is over stays as it is, which answers false.
  package func update(_ stored: StoredJob) throws(StoreError) -> Bool {
    let job = stored.job
    try run(
      JobTable.update, .ulid(job.id), .text(job.state.rawValue), .bool(!job.state.isOver),
      .integer(stored.round), .text(job.provider), .optional(stored.remote), .integer(job.attempts),
      .integer(stored.starts), .optional(job.nextTryAt?.milliseconds), .optional(job.image),
      try encoded(job.error), .optional(job.startedAt?.milliseconds), .optional(job.endedAt?.milliseconds),
      .integer(stamp()))
    return changedRows == 1
  }

  /// A job that is over begins anew.
  package func reopen(job id: ULID) throws(StoreError) -> Bool {
    let job = try storedJob(id).job
    let round = try nextRound(chat: job.chat, companion: job.companion)
    try run(JobTable.reopen, .ulid(id), .integer(round), .integer(stamp()))
    return changedRows == 1
  }

  /// Two of a chat have changed places. Nobody sees it.
  package func set(round: Int64, ofJob id: ULID) throws(StoreError) {
    try run(JobTable.setRound, .ulid(id), .integer(round))
  }

  /// What ran when the daemon ended waits again. For start-up.
  package func putBackHaltedJobs() throws(StoreError) {
    for job in try rows(JobTable.halted, read: { $0.ulid(0) }) {
      try run(JobTable.putBack, .ulid(job), .integer(stamp()))
    }
  }

  /// The daemon goes in good order: this start was none of those that killed it.
  package func rest(job id: ULID) throws(StoreError) { try run(JobTable.rest, .ulid(id)) }
}
