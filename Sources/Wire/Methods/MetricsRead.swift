/// The daemon's numbers for a scraper. The registry itself is Base's `Metrics`; hence the longer name.
public enum MetricsRead: Method {
  public typealias Params = Empty

  public static let name = "metrics"
  public static let summary = "Gives the daemon's numbers as OpenMetrics text"
  public static let documentation = """
    The text can be handed to Prometheus and its kin as it is, with `contentType` as the header. Counters begin at \
    zero with each start.
    """
  public static let access = MethodAccess.reads
  public static let scope = MethodScope.admin
  public static let mayBeLarge = true
  public static let example = MethodExample(
    Empty(),
    Result(
      text: """
        # TYPE companion_calls counter
        # HELP companion_calls Calls answered
        companion_calls_total{method="ping"} 12
        # EOF

        """))

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var contentType: String
    public var text: String

    public init(
      contentType: String = "application/openmetrics-text; version=1.0.0; charset=utf-8", text: String
    ) {
      self.contentType = contentType
      self.text = text
    }

    public static let fields = [
      "contentType": "The media type of `text`.",
      "text": "Families in alphabetical order, ended by `# EOF`.",
    ]
  }
}
