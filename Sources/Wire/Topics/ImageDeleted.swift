public enum ImageDeleted: Topic {
  public static let name = "image.deleted"
  public static let summary = "A picture went into the trash"
  public static let isState = false
  public static let example = Payload(image: .example)

  public typealias Payload = ImageCreated.Payload
}
