public import Base

/// How much the log says. The level itself is Base's `LogLevel`; hence the longer name.
public enum LogLevelSet: Method {
  public static let name = "log.level"
  public static let summary = "Reads or sets how much the log says"
  public static let documentation = """
    Lasts until the daemon ends or the configuration is read again. At `trace` the log may hold the words of \
    conversations; at every other level it never does.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let example = MethodExample(Params(level: .debug), Result(level: .debug))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var level: LogLevel?

    public init(level: LogLevel? = nil) { self.level = level }

    public static let fields = ["level": "The least important level to write; absent only asks."]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var level: LogLevel

    public init(level: LogLevel) { self.level = level }

    public static let fields = ["level": "The level now."]
  }
}
