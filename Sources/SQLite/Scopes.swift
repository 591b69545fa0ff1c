extension Database {
  package enum TransactionKind: Sendable {
    /// A snapshot from the first read on.
    case reading
    /// The write lock at once, so that a failure to get it comes before any work.
    case writing
  }

  /// Runs `body` in a transaction: its failure rolls everything back and is the result's; what SQLite itself refuses
  /// (to begin, to commit) is thrown, and then nothing of it stands either.
  package func transaction<Answer, Failure: Error>(
    _ kind: TransactionKind, _ body: () throws(Failure) -> Answer
  ) throws(SQLiteError) -> Result<Answer, Failure> {
    try run(kind == .reading ? Scope.beginReading : Scope.beginWriting)
    let answer: Answer
    do {
      answer = try body()
    } catch {
      rollBack()
      return .failure(error)
    }
    do {
      try run(Scope.commit)
    } catch {
      rollBack()
      throw error
    }
    return .success(answer)
  }

  /// The same inside a transaction: only what `body` did is undone when it fails.
  ///
  /// When SQLite has ended the whole transaction on its own, this throws as well; the caller's transaction is over.
  package func savepoint<Answer, Failure: Error>(
    _ body: () throws(Failure) -> Answer
  ) throws(SQLiteError) -> Result<Answer, Failure> {
    try run(Scope.savepoint)
    let answer: Answer
    do {
      answer = try body()
    } catch {
      try run(Scope.rollBackToSavepoint)
      try run(Scope.release)
      return .failure(error)
    }
    try run(Scope.release)
    return .success(answer)
  }

  /// Ends the transaction without its changes; no harm when there is none.
  package func rollBack() {
    guard !connection.isAutocommit else { return }
    // It can only fail when the transaction has already ended.
    _ = try? connection.execute("ROLLBACK")
  }
}

private enum Scope {
  static let beginReading = Query("BEGIN")
  static let beginWriting = Query("BEGIN IMMEDIATE")
  static let commit = Query("COMMIT")
  static let savepoint = Query("SAVEPOINT operation")
  static let release = Query("RELEASE operation")
  static let rollBackToSavepoint = Query("ROLLBACK TO operation")
}
