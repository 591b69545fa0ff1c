/// How the matches of a search are put in order.
public enum SearchOrder: String, Codable, Hashable, Sendable, CaseIterable { case recent, best }

/// A message that a search found, and where in it.
public struct SearchMatch: Codable, Hashable, Sendable {
  public var message: Message
  /// The neighbourhood of the first place that matches, as it stands in the text.
  public var excerpt: String
  /// Where the excerpt begins in the message's text, in bytes of UTF-8.
  public var from: Int
  public var highlights: [Highlight]
  /// True when the message's parts were left out because they are long.
  public var cut: Bool?

  /// A range of the excerpt in bytes of UTF-8, the end not included.
  public struct Highlight: Codable, Hashable, Sendable {
    public var from: Int
    public var to: Int

    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  public init(message: Message, excerpt: String, from: Int, highlights: [Highlight], cut: Bool? = nil) {
    self.message = message
    self.excerpt = excerpt
    self.from = from
    self.highlights = highlights
    self.cut = cut
  }
}
