import Model

/// What the text says happens with a garment.
struct Wearing {
  /// Nil: nothing is said, so it stays as it is.
  var worn: Bool?
  var open: Bool?
  var isRoundTheWaist = false

  func change(_ garment: inout Garment) {
    if let worn { garment.worn = worn }
    if let open { garment.open = open ? true : nil }
    if isRoundTheWaist { garment.slot = .waist }
  }
}

extension OutfitReader {
  /// Nil when the garment is not there at all: "no tie", "polishes the glasses".
  func wearing(of index: Int) -> Wearing? {
    let mention = mentions[index]
    let left = leftWords(of: index)
    let right = rightWords(of: index)
    let verb = governing(left, isLast: isListed(index, with: ["and", "or", "nor"]))
    var wearing = Wearing()

    let isNegated = isNegated(index)
    var isOff = verb.map { isTakenOff(by: $0, left: left, right: right) } ?? false
    if isNegated {
      // "without taking off her coat": it is on.
      guard isOff else { return nil }
      isOff = false
    } else if let verb, OutfitWords.tendingVerbs.contains(verb.word) {
      return nil
    }
    if verb.map({ OutfitWords.exchangingVerbs.contains($0.word) }) ?? false {
      isOff = !left.suffix(from: verb.map { $0.at } ?? 0).contains("for")
    }
    if !isOff, !isNegated {
      isOff =
        isLaidAway(right, kind: mention.kind)
        && !(mention.name.contains(where: isMantle) && right.contains("shoulder"))
    }
    // "but keeps it on", "wrist band still on": nothing follows that it could lie on.
    if isOff, right.last == "on" { isOff = false }
    if isOff { wearing.worn = false }
    wearing.open = opening(mention, verb: verb?.word, right: right)
    if mention.kind.slot == .torso,
      isTied(round: ["waist", "hips", "middle"], verb: verb?.word, right: right)
    {
      wearing.isRoundTheWaist = true
      wearing.worn = true
    } else if mention.kind.slot == .torso, mention.kind.cover == .top,
      !mention.name.contains(where: isMantle),
      isTied(round: ["shoulders", "neck"], verb: verb?.word, right: right)
    {
      wearing.open = true
      wearing.worn = true
    }
    return wearing
  }

  private func isMantle(_ word: String) -> Bool {
    ["cloak", "cape", "capelet", "poncho", "mantle", "serape", "ruana"].contains(word)
  }

  // MARK: What stands around

  /// The words before, back to where the thought begins, with `,` for a comma; another garment stands as `#`.
  private func leftWords(of index: Int) -> [String] {
    let end = mentions[index].range.lowerBound
    var start = end
    while start > 0, text.tokens[start - 1] != .stop { start -= 1 }
    var result: [String] = []
    var at = start
    while at < end {
      if let other = mentions.first(where: { $0.range.lowerBound == at }) {
        result.append("#")
        at = other.range.upperBound
      } else {
        result.append(text.word(at) ?? ",")
        at += 1
      }
    }
    return result
  }

  /// The words after, up to the next garment or the end of the thought. What stands behind a comma counts only when it goes on
  /// about the garment: ", open, with", ", long since abandoned on the sofa".
  private func rightWords(of index: Int) -> [String] {
    let next = mentions.indices.contains(index + 1) ? mentions[index + 1].range.lowerBound : text.tokens.count
    var result: [String] = []
    var at = mentions[index].range.upperBound
    while at < next, text.tokens[at] != .stop {
      if text.tokens[at] == .comma {
        guard goesOn(from: at + 1, before: next) else { break }
      } else if let word = text.word(at) {
        result.append(word)
      }
      at += 1
    }
    return result
  }

  private func goesOn(from start: Int, before next: Int) -> Bool {
    let segment = text.words(from: start, atMost: 12)
    // A segment that leads up to the next garment is about that one.
    guard !segment.isEmpty, start + segment.count < next || next == text.tokens.count,
      let first = segment.first
    else { return false }
    let starts = [
      "still", "now", "long", "half", "already", "firmly", "loosely", "carelessly", "neatly", "hanging",
      "worn", "slung",
    ]
    return starts.contains(first) || OutfitWords.opened.contains(first) || OutfitWords.closed.contains(first)
      || OutfitWords.layingStates.contains(first)
  }

  /// The verb whose object the garment is: between them stand only small words, and other garments of the same list.
  private func governing(_ left: [String], isLast: Bool) -> (word: String, at: Int)? {
    let passed = [
      "off", "on", "up", "down", "out", "of", "away", "and", ",", "#", "both", "for", "into", "one",
      "carefully", "slowly", "quickly", "finally",
    ]
    // A list that a verb governs ends with an "and": "her hat, coat and gloves". Behind it, a comma begins something else.
    var isJoined = isLast
    for at in left.indices.reversed() {
      let word = left[at]
      if isVerb(word) { return (word, at) }
      guard passed.contains(word) || OutfitWords.determiners.contains(word) else { return nil }
      if word == "and" || word == "or" || word == "nor" { isJoined = true }
      if word == ",", !isJoined { return nil }
    }
    return nil
  }

  private func isVerb(_ word: String) -> Bool {
    OutfitWords.strippingVerbs.contains(word) || OutfitWords.removingVerbs.contains(word)
      || OutfitWords.layingVerbs.contains(word) || OutfitWords.carryingVerbs.contains(word)
      || OutfitWords.tendingVerbs.contains(word) || OutfitWords.exchangingVerbs.contains(word)
      || OutfitWords.tying.contains(word) || OutfitWords.openingVerbs.contains(word)
      || ["untie", "unties", "untied", "untying", "wear", "wears", "wearing", "wore"].contains(word)
  }

  // MARK: Worn or not

  private func isTakenOff(by verb: (word: String, at: Int), left: [String], right: [String]) -> Bool {
    let between = left[(verb.at + 1)...]
    if between.contains("on") || between.contains("into") { return false }
    if right.first == "on", !right.prefix(8).contains(where: { OutfitWords.furniture.contains($0) }) {
      return false
    }
    if OutfitWords.removingVerbs.contains(verb.word) { return true }
    if OutfitWords.strippingVerbs.contains(verb.word) {
      if between.contains("off") || right.first == "off"
        || right.prefix(2).last == "off" && right.first == "right"
      {
        return true
      }
      if between.contains("out"), between.contains("of") { return true }
    }
    let isOnBody = isOnBody(right.prefix(7))
    if OutfitWords.carryingVerbs.contains(verb.word) {
      return !isOnBody && !between.contains("up")
        && !right.prefix(3).contains { OutfitWords.closed.contains($0) || $0 == "up" }
    }
    if OutfitWords.layingVerbs.contains(verb.word) {
      return !isOnBody
        && (right.first.map { OutfitWords.places.contains($0) } ?? false || between.contains("up")
          || right.first == "away")
        || ["drop", "drops", "dropped"].contains(verb.word)
    }
    return false
  }

  /// The rest of the sentence tells where it lies instead.
  private func isLaidAway(_ right: [String], kind: GarmentKind) -> Bool {
    guard !right.isEmpty else { return false }
    // "one hand", "under the other": it is carried.
    let isForHands = kind.slot == .arms || kind.slot == .hands
    for (at, word) in right.enumerated().prefix(6)
    where ["in", "over", "under", "on", "across", "from"].contains(word) {
      let place = right[(at + 1)...].prefix(3).drop { OutfitWords.determiners.contains($0) }
      if let part = place.first, OutfitWords.carryingParts.contains(part), !(isForHands && word == "on") {
        return at < 3
          || has(
            right,
            ["held", "carried", "clutched", "draped", "folded", "slung", "dangling", "swinging", "tucked"])
      }
    }
    if right.count >= 3, ["under", "over", "in"].contains(right[0]), right[1] == "the", right[2] == "other" {
      return true
    }
    // A jacket over one shoulder is carried; a bag there is worn, and so is a cape.
    if kind.slot == .torso, kind.layer != .base, has(right, ["slung", "hooked", "thrown", "over"]),
      right.contains("shoulder")
    {
      return true
    }
    if right.first == "off", !right.prefix(4).contains(where: { $0.hasPrefix("shoulder") }) { return true }
    if right.prefix(3).contains("off"),
      has(right, ["kicked", "came", "is", "are", "taken", "slipped", "pulled", "thrown", "tossed"])
    {
      return true
    }
    // "and folds it over the stool"
    if let it = right.firstIndex(where: { $0 == "it" || $0 == "them" }), it > 0,
      OutfitWords.layingVerbs.contains(right[it - 1]) || OutfitWords.carryingVerbs.contains(right[it - 1])
    {
      let after = right[(it + 1)...].prefix(6)
      if !isOnBody(after),
        after.first != "on" || after.dropFirst().contains(where: { OutfitWords.furniture.contains($0) }),
        after.first.map({ OutfitWords.places.contains($0) || $0 == "away" }) ?? false
      {
        return true
      }
    }
    guard
      let state = right.firstIndex(where: {
        OutfitWords.layingStates.contains($0) || ["is", "are", "was", "were"].contains($0)
      })
    else { return false }
    let after = right[(state + 1)...]
    if isOnBody(after.prefix(6)) { return false }
    if right[state] == "hanging" || right[state] == "hangs",
      after.prefix(2).contains(where: { OutfitWords.opened.contains($0) || $0 == "loose" || $0 == "loosely" })
    {
      return false
    }
    let alwaysAway = ["abandoned", "discarded", "forgotten", "removed", "shed", "strewn", "kicked", "lying"]
    if alwaysAway.contains(right[state]) { return true }
    guard let preposition = after.firstIndex(where: { OutfitWords.places.contains($0) }),
      preposition - state <= 4
    else { return false }
    if ["beside", "aside"].contains(after[preposition]) { return true }
    return after[preposition...].prefix(7).contains { OutfitWords.furniture.contains($0) }
  }

  /// "on her back", "around the neck", and not "on the back of the chair".
  private func isOnBody(_ words: ArraySlice<String>) -> Bool {
    words.indices.contains { at in
      guard OutfitWords.body.contains(words[at]) else { return false }
      if OutfitWords.clearBody.contains(words[at]) { return true }
      return at > words.startIndex && OutfitWords.owners.contains(words[at - 1])
    }
  }

  private func has(_ words: [String], _ wanted: Set<String>) -> Bool {
    words.contains { wanted.contains($0) }
  }

  /// "no tie", "never wears a watch", "no hat, gloves or scarf".
  private func isNegated(_ index: Int) -> Bool {
    var at = mentions[index].range.lowerBound - 1
    var isAlternative = false
    while at >= 0, text.tokens[at] != .stop {
      if let mention = mentions.firstIndex(where: { $0.range.contains(at) }) {
        // Another garment: only an "or" carries the "no" on to this one.
        guard isAlternative || text.word(mentions[index].range.lowerBound - 1) == "or" else {
          return isListed(index, with: ["or"]) && isNegated(mention)
        }
        return isNegated(mention)
      }
      guard let word = text.word(at) else {
        if !isListed(index, with: ["or"]) { return false }
        at -= 1
        continue
      }
      if OutfitWords.negators.contains(word) {
        let next = text.word(at + 1)
        return next != "just" && next != "only" && next != "longer"
          || next == "longer" && text.word(at + 2) == "wearing"
      }
      if word == "instead" || word == "rather" {
        let next = text.word(at + 1)
        if next == "of" || next == "than" { return true }
      }
      if word == "or" || word == "nor" { isAlternative = true }
      if ["but", "and", "with", "in", "except", "plus", "over", "under"].contains(word), !isAlternative {
        return word == "and" && isAfterWithout(at)
      }
      at -= 1
    }
    return false
  }

  /// "without coat and hat"
  private func isAfterWithout(_ end: Int) -> Bool {
    var at = end - 1
    while at >= 0, let word = text.word(at) {
      if word == "without" { return true }
      if !mentions.contains(where: { $0.range.contains(at) }), !OutfitWords.determiners.contains(word) {
        return false
      }
      at -= 1
    }
    return false
  }

  /// The list that this one stands in ends with one of those words before its last garment.
  private func isListed(_ index: Int, with joints: Set<String>) -> Bool {
    var at = mentions[index].range.upperBound
    var next = index + 1
    while at < text.tokens.count, text.tokens[at] != .stop {
      if let word = text.word(at), joints.contains(word) { return true }
      if mentions.indices.contains(next), mentions[next].range.lowerBound == at {
        at = mentions[next].range.upperBound
        next += 1
      } else if text.tokens[at] == .comma
        || text.word(at).map({ OutfitWords.determiners.contains($0) }) ?? false
      {
        at += 1
      } else {
        return false
      }
    }
    return false
  }

  // MARK: Open, and where

  private func opening(_ mention: Mention, verb: String?, right: [String]) -> Bool? {
    if mention.name.contains(where: { OutfitWords.opened.contains($0) }) { return true }
    if let verb, OutfitWords.openingVerbs.contains(verb) { return true }
    let until = right.firstIndex { $0 == "over" || $0 == "under" || $0 == "revealing" } ?? right.endIndex
    let near = right[..<until].prefix(8)
    if near.contains(where: { OutfitWords.opened.contains($0) }) { return true }
    for (verb, way) in zip(near, near.dropFirst())
    where way == "back" && ["thrown", "pushed", "swept", "flung", "tossed"].contains(verb) { return true }
    // "left open over", "unzipped over": before the "over" it has been seen; "loose over" opens as well.
    if near.contains(where: { OutfitWords.closed.contains($0) }) { return false }
    return nil
  }

  private func isTied(round parts: Set<String>, verb: String?, right: [String]) -> Bool {
    guard
      let round = right.prefix(6).firstIndex(where: {
        ["around", "round", "about", "at", "over", "across"].contains($0)
      }),
      right[(round + 1)...].prefix(3).contains(where: { parts.contains($0) })
    else { return false }
    let tied = OutfitWords.tying.union(["draped", "drapes", "slung", "thrown", "hanging"])
    return right[..<round].contains { tied.contains($0) } || verb.map { tied.contains($0) } ?? false
  }
}
