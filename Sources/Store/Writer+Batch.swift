import Base
import SQLite

extension Writer {
  /// Group commit: every operation of the batch in a savepoint of its own, one commit, then all answers.
  ///
  /// Nobody is answered before the commit stands. An operation whose closure throws is undone and fails alone; when SQLite
  /// itself fails, or the commit does, nothing stands and all of them fail.
  func commit(_ batch: [Operation]) async {
    guard await revived() else { return refuse(batch, StoreError(lastFailure)) }
    let admitted = full && !restoreBallast() ? refuseNew(batch) : batch
    guard !admitted.isEmpty else { return }
    guard let error = attempt(admitted) else { return }
    guard error.meansFull, !error.wounds else {
      await dealWith(error)
      return refuse(admitted, StoreError(error))
    }
    runFull()
    let finishing = refuseNew(admitted)
    guard !finishing.isEmpty else { return }
    // What is running goes on with the room the ballast gave back.
    if let error = attempt(finishing) {
      await dealWith(error)
      refuse(finishing, StoreError(error))
    }
  }

  private func refuse(_ batch: [Operation], _ error: StoreError) {
    metrics.failedCommits.add()
    for operation in batch { operation.fail(error) }
  }

  /// Fails the operations that may not live from the ballast, and gives the others.
  private func refuseNew(_ batch: [Operation]) -> [Operation] {
    for operation in batch where operation.durability == .acknowledged { operation.fail(.storageFull) }
    return batch.filter { $0.durability != .acknowledged }
  }

  /// Takes something that nobody waits for and that the next commit must hold, whoever's it is. When the vault is closed
  /// before there was one, it is forgotten.
  func owe(_ operation: Operation) { owed.append(operation) }

  /// One transaction and, when it stands, its answers; otherwise the error, with nothing answered and nothing changed.
  private func attempt(_ admitted: [Operation]) -> SQLiteError? {
    guard let access else { preconditionFailure("a batch without a connection") }
    let start = elapsed()
    let batch = owed + admitted
    let synced = batch.contains { $0.durability != .checkpoint }
    let database = access.database
    let changes = database.connection.totalChanges
    do {
      try setSynchronous(full: synced)
      let result = try database.transaction(.writing) { () throws(SQLiteError) in
        let answers = try run(batch, access)
        if ledger.change != ledger.stored { try database.run(VaultRow.setChange, [.integer(ledger.change)]) }
        return answers
      }
      let answers = try result.get()
      ledger.committed()
      owed = []
      let wrote = database.connection.totalChanges != changes
      if wrote { (synced ? metrics.syncedCommits : metrics.unsyncedCommits).add() }
      metrics.operations.add(batch.count)
      metrics.operationsPerCommit.observe(Double(batch.count))
      metrics.commitSeconds.observe(elapsed() - start)
      for answer in answers { answer() }
      if wrote { afterCommit(synced: synced) }
      return nil
    } catch {
      ledger.undoBatch()
      database.rollBack()
      // When SQLite ended the transaction inside a statement, what is thrown is only that the savepoint is gone.
      return access.takeWound() ?? error
    }
  }

  private func run(_ batch: [Operation], _ access: Access) throws(SQLiteError) -> [@Sendable () -> Void] {
    let now = environment.wallClock.now()
    var answers: [@Sendable () -> Void] = []
    answers.reserveCapacity(batch.count)
    for operation in batch {
      ledger.beginOperation()
      let result = try access.database.savepoint {
        try operation.run(
          Transaction(access: access, now: now, ledger: ledger, limits: environment.limits))
      }
      // A closure may have swallowed what concerns everybody.
      if let wound = access.takeWound() { throw wound }
      switch result {
      case .success(let answer): answers.append(answer)
      case .failure(let error):
        ledger.undoOperation()
        answers.append { operation.fail(StoreError(thrown: error)) }
      }
    }
    return answers
  }

  /// SQLite takes the setting only outside a transaction.
  func setSynchronous(full: Bool) throws(SQLiteError) {
    guard full != synchronousFull else { return }
    try access?.database.connection.execute("PRAGMA synchronous=\(full ? "FULL" : "NORMAL")")
    synchronousFull = full
  }

  private func afterCommit(synced: Bool) {
    if synced {
      // The sync was of the whole log, so it covers the commits before it too.
      unsynced = false
    } else {
      unsynced = true
      armFlush()
    }
    armIdle()
    if !indexing, indexTimer != nil || hasUnindexed { armIndex() }
    let frames = access?.database.connection.walFrames ?? 0
    if frames >= nextMove {
      moveLog()
      // When a reader keeps the log from beginning again, trying at every commit would cost two syncs each.
      nextMove = frames + Self.checkpointFrames
    } else if frames < Self.checkpointFrames {
      nextMove = Self.checkpointFrames
    }
  }

  /// What waited a second without a synced commit of somebody else is synced now.
  func flush() {
    guard unsynced, let access else { return }
    do {
      try setSynchronous(full: true)
      // A commit that writes nothing syncs nothing either.
      try access.database.transaction(.writing) { () throws(SQLiteError) in
        try access.database.run(VaultRow.flush)
      }.get()
      metrics.syncedCommits.add()
      unsynced = false
    } catch {
      failed(error, during: "syncing streamed text")
    }
  }

  func moveLog() {
    guard let access else { return }
    do {
      try access.database.connection.checkpoint(.passive)
      metrics.checkpoints.add()
    } catch {
      failed(error, during: "moving the log into the database")
    }
    metrics.walBytes.set(Int(Files.size(directory.writeAheadLog) ?? 0))
  }

  /// False when a reader was in the way.
  @discardableResult
  func emptyLog() -> Bool {
    guard let access else { return true }
    // A reader is not waited for: operations might be.
    access.database.connection.setBusyTimeout(.zero)
    defer {
      access.database.connection.setBusyTimeout(Self.lockDelay)
      metrics.walBytes.set(Int(Files.size(directory.writeAheadLog) ?? 0))
    }
    do {
      return try access.database.connection.checkpoint(.truncate)
    } catch {
      failed(error, during: "emptying the log")
      return true
    }
  }
}
