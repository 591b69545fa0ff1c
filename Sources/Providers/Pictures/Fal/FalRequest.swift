import Model

/// How fal knows an order: its number and the addresses it gave for it. Its text is what is stored.
struct FalRequest: Hashable {
  let number: String
  let status: String
  let response: String
  let cancel: String

  /// Of the answer to an order. Addresses that lead away from fal are not used, since the key would go there: those that fal's own
  /// rule gives stand in for them.
  init?(_ json: LooseJSON, application: String, base: String) {
    guard let number = json["request_id"]?.string else { return nil }
    self.init(number: number, application: application, base: base, told: json)
  }

  /// What is left when an answer was cut off behind its head.
  init?(number: String, application: String, base: String, told: LooseJSON? = nil) {
    guard 1...128 ~= number.utf8.count, number.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F })
    else {
      return nil
    }
    let own = "\(base)/\(application)/requests/\(number)"
    func address(_ member: String, _ otherwise: String) -> String {
      guard let given = told?[member]?.string, given.utf8.count <= 1024, !given.contains("\n"),
        PictureAddress.isOfSameOwner(given, as: base)
      else { return otherwise }
      return given
    }
    self.number = number
    status = address("status_url", own + "/status")
    response = address("response_url", own)
    cancel = address("cancel_url", own + "/cancel")
  }

  init?(_ job: RemoteJob, base: String) {
    let lines = job.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard lines.count == 4, lines[1...].allSatisfy({ PictureAddress.isOfSameOwner($0, as: base) }) else {
      return nil
    }
    (number, status, response, cancel) = (lines[0], lines[1], lines[2], lines[3])
  }

  var job: RemoteJob { RemoteJob([number, status, response, cancel].joined(separator: "\n")) }
}

/// What fal says of an order's pictures. Pure.
struct FalResult {
  struct Image {
    let address: [UInt8]
    let seed: UInt64?
  }

  let images: [Image]
  let revisedPrompt: String?

  init(_ json: LooseJSON) throws(PictureFault) {
    // Some put what the model said one level deeper.
    let json = json["images"] == nil && json["image"] == nil ? json["data"] ?? json : json
    let list = json["images"]?.array ?? json["image"].map { [$0] } ?? []
    let flags = json["has_nsfw_concepts"]?.array?.map { $0.bool ?? false } ?? []
    let seed = json["seed"]?.unsigned
    var images: [Image] = []
    var flagged = 0
    for (index, image) in list.enumerated() {
      // What is flagged comes as a black picture.
      if index < flags.count, flags[index] {
        flagged += 1
      } else if let address = image["url"]?.bytes ?? image.bytes {
        images.append(Image(address: address, seed: seed))
      }
    }
    if images.isEmpty, flagged > 0 {
      throw PictureFault(cause: .content, words: "a black picture, for it holds this one to be indecent")
    }
    if images.isEmpty, let words = json["description"]?.string, !words.isEmpty {
      throw PictureFault(cause: .content, words: "no picture, but words: \(words)")
    }
    guard !images.isEmpty else { throw PictureFault(cause: .malformed, words: "an empty list of pictures") }
    self.images = images
    revisedPrompt = nil
  }
}
