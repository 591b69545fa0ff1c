import HTTP
import Model

/// What Forge and its kin answer. Pure.
enum ForgeAnswer {
  /// The server's own words for what went wrong: it has several places for them.
  static func words(_ answer: PictureAnswer) -> String {
    guard let json = answer.json else { return "" }
    let detail = json["detail"].flatMap { detail -> String? in
      detail.string
        ?? detail.array?.prefix(4).map { item in
          let place =
            item["loc"]?.array?.compactMap(\.string).filter { $0 != "body" }.joined(separator: ".") ?? ""
          return "\(place): \(item["msg"]?.string ?? "")"
        }.joined(separator: "; ")
    }
    let parts = [json["error"]?.string, detail, json["errors"]?.string].compactMap { $0 }.filter {
      !$0.isEmpty
    }
    return parts.joined(separator: ": ")
  }

  /// What only these servers mean by their words; nil where the status says enough.
  static func cause(_ answer: PictureAnswer) -> ProviderError.Cause? {
    let words = words(answer).lowercased()
    if PictureServer.speaksOfMemory(words) { return .memory }
    if words.contains("checkpoint"), words.contains("unknown") || words.contains("not found") {
      return .model
    }
    if words.contains("sampler") || words.contains("script") || words.contains("upscaler") { return .request }
    if answer.status == 404 { return words == "not found" || answer.json == nil ? .notAnAPI : .request }
    return nil
  }

  /// A sentence where the server's words help nobody.
  static func sentence(_ answer: PictureAnswer) -> String? {
    if answer.status == 404, cause(answer) == .notAnAPI {
      return "it offers no interface; start it with --api"
    }
    let words = words(answer)
    return words.isEmpty ? nil : words
  }

  /// The pictures that were ordered, without the overview that comes before several of them and the maps that come after.
  static func pictures(_ json: LooseJSON) throws(PictureFault) -> [MadePicture] {
    guard let images = json["images"]?.array else {
      throw PictureFault(cause: .malformed, words: "an answer without pictures")
    }
    let info = json["info"]?.bytes.flatMap { LooseJSON($0.span) } ?? json["info"]
    let seeds = info?["all_seeds"]?.array?.map(\.unsigned) ?? [info?["seed"]?.unsigned]
    var wanted = images[...]
    if let first = info?["index_of_first_image"]?.integer, first > 0, first < images.count {
      wanted = wanted.dropFirst(first)
    } else if seeds.count > 1, images.count == seeds.count + 1 {
      wanted = wanted.dropFirst()
    }
    wanted = wanted.prefix(max(1, seeds.count))
    guard !wanted.isEmpty else { throw PictureFault(cause: .malformed, words: "an empty list of pictures") }
    var pictures: [MadePicture] = []
    for (index, image) in wanted.enumerated() {
      let text = image.bytes ?? image["image"]?.bytes ?? []
      let seed = index < seeds.count ? seeds[index] : nil
      pictures.append(MadePicture(try PictureBytes.decode(text), seed: seed))
    }
    return pictures
  }

  /// Of one task: what is known of it, and how far it is.
  struct Task: Hashable {
    var isActive: Bool
    var isQueued: Bool
    var isCompleted: Bool
    var fraction: Double?
    var remaining: Duration?

    @Loop static func question(_ name: String, _ server: PictureServer) -> HTTPRequest {
      let about: JSONValue = ["id_task": .string(name), "id_live_preview": -1, "live_preview": false]
      return server.request(.post, "/internal/progress", json: about)
    }

    /// Only the last few finished tasks are remembered.
    var isUnknown: Bool { !isActive && !isQueued && !isCompleted }

    init?(_ answer: PictureAnswer) {
      guard answer.status == 200, let json = answer.json, let active = json["active"]?.bool else {
        return nil
      }
      isActive = active
      isQueued = json["queued"]?.bool ?? false
      isCompleted = json["completed"]?.bool ?? false
      fraction = json["progress"]?.double
      remaining = ForgeAnswer.remaining(json["eta"])
    }
  }

  /// Of whatever runs there now.
  struct Running: Hashable {
    var fraction: Double
    var step: Int?
    var steps: Int?
    var remaining: Duration?
    var isIdle: Bool
    var wasInterrupted: Bool

    init?(_ answer: PictureAnswer) {
      guard answer.status == 200, let json = answer.json, let fraction = json["progress"]?.double else {
        return nil
      }
      self.fraction = fraction
      let state = json["state"]
      steps = state?["sampling_steps"]?.count.flatMap { $0 > 0 ? $0 : nil }
      step = steps == nil ? nil : state?["sampling_step"]?.count
      remaining = ForgeAnswer.remaining(json["eta_relative"])
      isIdle = fraction == 0 && (state?["job_count"]?.count ?? 0) <= 0
      wasInterrupted = state?["interrupted"]?.bool ?? false
    }
  }

  private static func remaining(_ json: LooseJSON?) -> Duration? {
    guard let seconds = json?.double, seconds > 0, seconds < 86_400 else { return nil }
    return .milliseconds(Int(seconds * 1000))
  }
}
