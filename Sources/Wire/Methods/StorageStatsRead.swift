public import Model

/// What the owner's vault weighs. The value it answers is Model's; hence the longer name.
public enum StorageStatsRead: Method {
  public typealias Params = Empty
  public typealias Result = StorageStats

  public static let name = "storage.stats"
  public static let summary = "Tells what the caller's vault holds and weighs"
  public static let documentation =
    "Counts every table, which takes a moment in a large vault; it stops nobody else."
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.storageFailed]
  public static let example = MethodExample(
    Empty(),
    StorageStats(
      databaseBytes: 196_608, walBytes: 32_768, freeBytes: 48_318_382_080, schema: 1, change: 4711,
      rows: ["keys": 12, "settings": 1], ballast: true))
}
