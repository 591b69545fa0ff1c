public import Model

public enum SettingsChanged: Topic {
  public static let name = "settings.changed"
  public static let summary = "The owner's settings changed"
  public static let isState = true
  public static let example = Payload(
    revision: 3, change: 4711, changed: ["reuse", "user"], settings: .example)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var revision: Int64
    public var change: Int64
    public var changed: [String]
    public var settings: Settings?

    public init(revision: Int64, change: Int64, changed: [String], settings: Settings? = nil) {
      self.revision = revision
      self.change = change
      self.changed = changed
      self.settings = settings
    }

    public static let fields = [
      "revision": "The settings' revision now.",
      "change": "The vault's counter at this commit.",
      "changed": "The members that were set or cleared, in alphabetical order.",
      "settings": "All of them; left out where the event would be too large, then `settings.get` has them.",
    ]
  }
}
