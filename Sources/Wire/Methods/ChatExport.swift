public import Base
import Model

/// Writes a chat for other programs, or for reading.
public enum ChatExport: Method {
  public static let name = "chat.export"
  public static let summary = "Writes a chat as a file"
  public static let documentation = """
    `jsonl` is SillyTavern's: one branch, with the siblings of each message as its swipes; `markdown` is the branch for reading; \
    `json` is the whole tree. `jsonl` and `json` come in again with `chat.import` as they went out. Pictures are not part of it. \
    What is larger than a line is fetched with `download.read`; more than 64 MiB is `too_large`.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound, .tooLarge, .storageFailed]
  public static let example = MethodExample(
    Params(chat: Example.chat, format: .markdown),
    Result(
      name: "ada-2026-11-20.md", mime: "text/markdown",
      text: "# Tea\n\nAda and Mira, begun 2026-11-20\n\n**Ada** (2026-11-20 10:11)\n\nCome in.\n"))

  public enum Format: String, Codable, Hashable, Sendable, CaseIterable { case jsonl, markdown, json }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var chat: ULID
    public var format: Format?
    public var leaf: ULID?

    public init(chat: ULID, format: Format? = nil, leaf: ULID? = nil) {
      self.chat = chat
      self.format = format
      self.leaf = leaf
    }

    public static let fields = [
      "chat": "Which chat.",
      "format": "`jsonl` when absent.",
      "leaf": "Where the branch ends; the chat's head when absent. The whole tree has no leaf.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented, WritesJSON {
    public var name: String
    public var mime: String
    public var text: String

    public init(name: String, mime: String, text: String) {
      self.name = name
      self.mime = mime
      self.text = text
    }

    /// A long text, which the encoder would take several times as long for.
    public func write(to json: inout JSONWriter) {
      json.object { json in
        json.name("mime")
        json.value(mime)
        json.name("name")
        json.value(name)
        json.name("text")
        json.value(text)
      }
    }

    public static let fields = [
      "name": "What a file with it may be called.",
      "mime": "What it is.",
      "text": "The file.",
    ]
  }
}
