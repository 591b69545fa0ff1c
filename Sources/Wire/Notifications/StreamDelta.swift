public import Base

/// A piece of what a turn writes.
public enum StreamDelta: Notification {
  public static let name = "stream.delta"
  public static let summary = "A piece of what a turn writes"
  public static let documentation = """
    Whole scalars, at most \(maxTextBytes) bytes of text. `next` of one is `from` of the next, so a listener that reads slowly \
    gets fewer and larger ones, and never a gap. Nothing that was sent is ever taken back.
    """
  public static let example = Params(turn: Example.turn, from: 9, next: 33, text: " bay, and one late ship.")

  /// The longest `text`, in bytes before JSON's escapes.
  public static let maxTextBytes = 64 << 10

  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable { case reasoning }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var turn: ULID
    public var from: Int64
    public var next: Int64
    public var text: String
    public var kind: Kind?

    public init(turn: ULID, from: Int64, next: Int64, text: String, kind: Kind? = nil) {
      self.turn = turn
      self.from = from
      self.next = next
      self.text = text
      self.kind = kind
    }

    public static let fields = [
      "turn": "Whose, by id.",
      "from": "The offset of its first byte, in UTF-8.",
      "next": "One past the offset of its last.",
      "text": "The piece.",
      "kind":
        "`reasoning` for what the model thinks, which has offsets of its own; absent for the reply's text.",
    ]
  }

  /// The whole line, LF included, as the encoder would write it: made by hand because it is made for every token.
  public static func line(_ params: Params) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(params.text.utf8.count + 160)
    MessageLine.append(
      "{\"jsonrpc\":\"2.0\",\"method\":\"stream.delta\",\"params\":{\"from\":", to: &bytes)
    MessageLine.append(params.from, to: &bytes)
    if let kind = params.kind {
      MessageLine.append(",\"kind\":", to: &bytes)
      JSONText.append(kind.rawValue, quotedTo: &bytes)
    }
    MessageLine.append(",\"next\":", to: &bytes)
    MessageLine.append(params.next, to: &bytes)
    MessageLine.append(",\"text\":", to: &bytes)
    JSONText.append(params.text, quotedTo: &bytes)
    MessageLine.append(",\"turn\":\"", to: &bytes)
    params.turn.write(to: &bytes)
    MessageLine.append("\"}}\n", to: &bytes)
    return bytes
  }
}
