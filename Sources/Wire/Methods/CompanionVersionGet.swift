public import Model

/// A companion as it was in one version.
public enum CompanionVersionGet: Method {
  public static let name = "companion.version"
  public static let summary = "Reads one version of a companion"
  public static let documentation = """
    Version 0 is the draft.
    """
  public static let access = MethodAccess.reads
  public static let errors: [ErrorCode] = [.notFound]
  public static let example = MethodExample(
    Params(companion: "ada", version: 1), Result(version: .example))

  public struct Params: Codable, Hashable, Sendable, Documented {
    public var companion: String
    public var version: Int

    public init(companion: String, version: Int) {
      self.companion = companion
      self.version = version
    }

    public static let fields = [
      "companion": "An id, a handle, or an unambiguous beginning.",
      "version": "Its number, from 1; 0 is the draft.",
    ]
  }

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var version: CompanionVersion

    public init(version: CompanionVersion) { self.version = version }

    public static let fields = [
      "version": "As it is stored."
    ]
  }
}
