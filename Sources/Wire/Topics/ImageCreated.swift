public import Model

public enum ImageCreated: Topic {
  public static let name = "image.created"
  public static let summary = "There is a new picture"
  public static let isState = false
  public static let example = Payload(image: .example)

  public struct Payload: Codable, Hashable, Sendable, Documented {
    public var image: Image
    public var cut: Bool?

    public init(image: Image, cut: Bool? = nil) {
      self.image = image
      self.cut = cut
    }

    public static let fields = [
      "image": "The picture.",
      "cut":
        "True when its prompts, parameters and description were too long for an event; `image.get` has them.",
    ]
  }
}
