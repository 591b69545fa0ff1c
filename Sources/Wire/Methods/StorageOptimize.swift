public import Model

/// Tidies the caller's vault.
public enum StorageOptimize: Method {
  public typealias Params = Empty
  public typealias Result = StorageStats

  public static let name = "storage.optimize"
  public static let summary = "Makes searches and lists as fast as they can be"
  public static let documentation = """
    Joins the pieces the search index has grown from and renews the tables' statistics, in small steps that others get between. The \
    daemon does without; after an import of many messages it helps. Repeating it does no harm, so it takes no `key`.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.storageFull, .storageFailed]
  public static let example = MethodExample(
    Empty(),
    StorageStats(
      databaseBytes: 1_048_576, walBytes: 0, freeBytes: 0, schema: 5, change: 4711,
      rows: ["messages": 42], ballast: true))
}
