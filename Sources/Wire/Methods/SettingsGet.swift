public import Model

/// The owner's settings.
public enum SettingsGet: Method {
  public typealias Params = Empty

  public static let name = "settings.get"
  public static let summary = "Reads the owner's settings"
  public static let documentation =
    "An owner who never set anything has `revision` 0 and defaults for the rest."
  public static let access = MethodAccess.reads
  public static let example = MethodExample(Empty(), Result(settings: .example))

  public struct Result: Codable, Hashable, Sendable, Documented {
    public var settings: Settings

    public init(settings: Settings) { self.settings = settings }

    public static let fields = ["settings": "All of them."]
  }
}

extension Settings {
  static var example: Settings {
    var defaults = ChatSettings()
    defaults.illustrate = .onRequest
    return Settings(
      user: UserPersona(name: "Mira", overview: "Paints, and walks a lot."), defaults: defaults, reuse: true,
      revision: 3, change: 4711)
  }
}
