/// Who a companion is: what a card says, field by field.
public struct Persona: Codable, Hashable, Sendable {
  public var name: String
  public var nickname: String?
  public var description: String?
  public var personality: String?
  public var behaviour: String?
  public var appearance: String?
  public var defaultOutfit: String?
  public var scenario: String?
  /// The first is what a new chat opens with; the others are its siblings.
  public var greetings: [String]?
  public var exampleDialogue: String?
  public var systemPrompt: String?
  public var postHistory: String?
  /// An IANA name, such as `Europe/Vienna`.
  public var timezone: String?
  public var homeCity: String?
  public var occupation: String?
  public var availability: String?
  public var age: Int?
  public var imageStyle: ImageStyle?
  public var creator: String?
  public var creatorNotes: String?
  /// A character book as its card had it.
  public var lorebook: JSONValue?
  /// What other programs keep in a card; never read, never lost.
  public var extensions: JSONValue?

  public init(name: String) { self.name = name }

  /// How pictures of this companion are to look, whatever the scene.
  public struct ImageStyle: Codable, Hashable, Sendable {
    public var prefix: String?
    public var negative: String?
    public var checkpoint: String?
    /// A decimal string: providers' seeds outgrow what JSON numbers keep.
    public var seed: String?

    public init(
      prefix: String? = nil, negative: String? = nil, checkpoint: String? = nil, seed: String? = nil
    ) {
      self.prefix = prefix
      self.negative = negative
      self.checkpoint = checkpoint
      self.seed = seed
    }
  }
}
