public import FoundationEssentials
import Model

/// Writes a companion as a character card.
public enum CompanionExport: Method {
  public static let name = "companion.export"
  public static let summary = "Writes a companion as a character card"
  public static let documentation = """
    The card holds all of the persona with its book, and whatever the card that it came from had besides. `png` puts it into the \
    picture it came in, or into `picture`; where there is neither, into a plain one, which `warnings` says. A PNG holds the card in \
    versions 2 and 3, so that older programs read it too. `charx` is an archive, with the files of the one it came in. Nothing \
    is written on the daemon's side.
    """
  public static let access = MethodAccess.reads
  public static let mayBeLarge = true
  public static let errors: [ErrorCode] = [.notFound, .tooLarge, .unsupported, .storageFailed]
  public static let example = MethodExample(
    Params(companion: "ada", format: .json),
    Result(name: "ada.json", mime: "application/json", data: Data("{}".utf8), warnings: []))

  public enum Format: String, Codable, Hashable, Sendable, CaseIterable { case json, png, charx }
  public enum Specification: String, Codable, Hashable, Sendable, CaseIterable { case v2, v3 }

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var format: Format?
    public var version: Int?
    public var spec: Specification?
    public var picture: Data?
    public var upload: String?

    public init(
      companion: String, format: Format? = nil, version: Int? = nil, spec: Specification? = nil,
      picture: Data? = nil, upload: String? = nil
    ) {
      self.companion = companion
      self.format = format
      self.version = version
      self.spec = spec
      self.picture = picture
      self.upload = upload
    }

    public static let fields = [
      "companion": "Whom: an id, a handle, or an unambiguous beginning.",
      "format": "`json` when absent.",
      "version": "The companion's version to write; the newest published when absent, 0 for the draft.",
      "spec": "The version of cards; `v3` when absent. `v2` is for programs that know no other.",
      "picture": "A PNG to put the card into, instead of the one it came in.",
      "upload": "The same as a whole upload, which stays.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var name: String
    public var mime: String
    public var data: Data
    public var warnings: [String]

    public init(name: String, mime: String, data: Data, warnings: [String]) {
      self.name = name
      self.mime = mime
      self.data = data
      self.warnings = warnings
    }

    public static let fields = [
      "name": "What a file with it may be called.",
      "mime": "What it is.",
      "data": "The file.",
      "warnings": "What the card lacks, a sentence each.",
    ]
  }
}
