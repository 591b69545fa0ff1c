public enum ImageUpdated: Topic {
  public static let name = "image.updated"
  public static let summary = "Something about a picture changed"
  public static let isState = false
  public static let example = Payload(image: .example)

  public typealias Payload = ImageCreated.Payload
}
