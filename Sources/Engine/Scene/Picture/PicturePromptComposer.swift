import Model

/// Composes what a picture of a companion in its scene is asked for with. Pure: the same in, the same out; whoever draws, previews or
/// draws again gets the same words.
struct PicturePromptComposer: Sendable {
  var persona: Persona
  var scene: SceneState
  var kind = PicturePrompt.Kind.scene
  var form = PicturePrompt.Form.tags
  var rule: RatingRule
  /// Minutes since midnight where the companion lives.
  var minute: Int
  /// What the person wants of this one picture.
  var wish: String?
  /// Of the whole, in UTF-8 bytes.
  var limit = 1000
  /// The persona in few words, as its version keeps them.
  var roleplay: CompanionVersion.Roleplay?

  static let quality = "masterpiece, best quality, highly detailed"
  static let usualNegative =
    "lowres, blurry, bad anatomy, bad hands, extra fingers, watermark, text, signature"
  /// No part of a card or a scene may take everything.
  static let longestPart = 400

  func compose() -> PicturePrompt {
    var parts = wanted.compactMap(\.self)
    for index in parts.indices {
      parts[index].text = form == .tags ? Self.tags(parts[index].text) : Self.clause(parts[index].text)
      if parts[index].text.isEmpty || rule.offence(in: parts[index].text) != nil {
        parts[index].isDropped = true
      }
    }
    dropRepeats(&parts)
    while joined(parts).utf8.count > limit,
      let next = parts.indices.filter({ !parts[$0].isDropped && parts[$0].weight != nil })
        .min(by: { (parts[$0].weight ?? 0) < (parts[$1].weight ?? 0) })
    {
      parts[next].isDropped = true
    }
    return PicturePrompt(parts: parts, negative: negative, text: joined(parts))
  }

  // MARK: What it is made of

  /// In the order they are written; the weights say what goes first when there is no room.
  private var wanted: [PicturePrompt.Part?] {
    let isBackground = kind == .background
    return [
      part("quality", "composer", form == .tags ? Self.quality : nil, weight: 1),
      part("style", "persona.imageStyle.prefix", persona.imageStyle?.prefix, weight: 4),
      part("rating", "settings.rating", safety),
      part("camera", "composer", camera, weight: 5),
      isBackground ? nil : part("appearance", "persona.appearance", appearance, weight: 9),
      isBackground ? nil : part("outfit", "state", outfit, weight: 8),
      isBackground ? nil : part("action", "state", action, weight: 7),
      part("location", "state", location, weight: 6),
      part("wish", "params", wish, weight: 10),
      part("light", "time", PictureLight(minute: minute, at: scene.location).words, weight: 3),
    ]
  }

  private func part(_ name: String, _ source: String, _ text: String?, weight: Int? = nil) -> PicturePrompt
    .Part?
  {
    guard let text, text.contains(where: { !$0.isWhitespace }) else { return nil }
    return .init(name: name, source: source, text: Self.bounded(text), weight: weight)
  }

  /// Said in the prompt as well: not every image model has a negative one.
  private var safety: String? { rule.rating == .general ? "safe for work, fully clothed" : nil }

  private var camera: String {
    switch (kind, form) {
    case (.selfie, .tags): "selfie, looking at viewer, arm outstretched, close-up"
    case (.selfie, .sentence): "a selfie taken at arm's length, looking into the camera"
    case (.portrait, .tags): "portrait, head and shoulders, looking at viewer"
    case (.portrait, .sentence): "a portrait of head and shoulders, looking into the camera"
    case (.scene, .tags): "solo, medium shot"
    case (.scene, .sentence): "a medium shot"
    case (.background, .tags): "scenery, wide shot, no humans"
    case (.background, .sentence): "a wide shot of the place, with nobody in it"
    }
  }

  /// What was made of the card, or its own words; without any, what its name leaves to the model.
  private var appearance: String? {
    if let few = roleplay, !few.appearance.isBlank { return few.appearance }
    return persona.appearance ?? persona.description.map { String($0.prefix { $0 != "." && $0 != "\n" }) }
  }

  private var outfit: String? {
    let garments = VisibleOutfit(scene.outfit).visible.filter { rule.rating == .mature || $0.layer != .under }
    guard !garments.isEmpty else { return nil }
    let names = garments.map { garment in
      garment.open == true && !garment.name.lowercased().hasPrefix("open")
        ? "open \(garment.name)" : garment.name
    }
    return form == .tags ? names.joined(separator: ", ") : "wearing " + Self.listed(names)
  }

  private var action: String? { kind == .portrait ? nil : scene.action }

  private var location: String? {
    guard kind != .portrait, let place = scene.location else { return nil }
    let begins = ["in ", "on ", "at ", "by ", "under ", "near ", "inside ", "outside ", "behind ", "beside "]
    return begins.contains { place.lowercased().hasPrefix($0) } ? place : "at \(place)"
  }

  private var negative: String {
    var seen: Set<String> = []
    let all = [persona.imageStyle?.negative ?? "", Self.usualNegative].flatMap { $0.split(separator: ",") }
    let words = rule.negatives + all.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    return words.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }.joined(separator: ", ")
  }

  // MARK: How it is written

  private func joined(_ parts: [PicturePrompt.Part]) -> String {
    let texts = parts.filter { !$0.isDropped }.map(\.text)
    switch form {
    case .tags: return texts.joined(separator: ", ")
    case .sentence:
      guard let first = texts.first else { return "" }
      return first.prefix(1).uppercased() + texts.joined(separator: ", ").dropFirst() + "."
    }
  }

  /// A tag once, where it stands first: `smiling` may be of the style and of the scene.
  private func dropRepeats(_ parts: inout [PicturePrompt.Part]) {
    guard form == .tags else { return }
    var seen: Set<String> = []
    for index in parts.indices where !parts[index].isDropped {
      let tags = parts[index].text.split(separator: ",").map {
        $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      }
      let fresh = tags.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
      parts[index].text = fresh.joined(separator: ", ")
      if fresh.isEmpty { parts[index].isDropped = true }
    }
  }

  private static func tags(_ text: String) -> String {
    let plain = text.replacing("\\", with: "").replacing("(", with: "\\(").replacing(")", with: "\\)")
    return
      plain
      .replacing(". ", with: ", ")
      .split { ",;\n\r".contains($0) }
      .map {
        $0.filter { $0 != "<" && $0 != ">" }.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      }
      .filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  private static func clause(_ text: String) -> String {
    let words = text.filter { $0 != "<" && $0 != ">" }.split(whereSeparator: \.isWhitespace).joined(
      separator: " ")
    return String(words.reversed().drop { ".,;!".contains($0) }.reversed())
  }

  private static func listed(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  private static func bounded(_ text: String) -> String {
    guard text.utf8.count > longestPart else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: longestPart)
    while end.samePosition(in: text) == nil { end = text.utf8.index(before: end) }
    let cut = text[..<end]
    // At the last comma or word, where there is one.
    return String(cut[..<(cut.lastIndex(of: ",") ?? cut.lastIndex(of: " ") ?? cut.endIndex)])
  }
}

extension TurnContext {
  /// What a picture of the companion is composed from, as things stand after the branch's last line.
  func picture(
    _ kind: PicturePrompt.Kind = .scene, as form: PicturePrompt.Form = .tags, wish: String? = nil
  ) -> PicturePromptComposer {
    PicturePromptComposer(
      persona: persona, scene: scene, kind: kind, form: form,
      rule: rule ?? RatingRule(.general, for: persona),
      minute: MacroTime(now: now, offset: zone).minuteOfDay, wish: wish, roleplay: roleplay)
  }
}
