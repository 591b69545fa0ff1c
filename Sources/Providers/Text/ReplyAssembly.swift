import Model

/// Makes the text of a reply of what the server's deltas bring: repeated text told from new, characters joined, thinking parted
/// from speech, stop strings applied, and an end put to what would not end by itself.
struct ReplyAssembly {
  private var textGrowth = GrowthDetector()
  private var reasoningGrowth = GrowthDetector()
  private var textJoiner = ScalarJoiner()
  private var reasoningJoiner = ScalarJoiner()
  private var thinking: ThinkSplitter
  private var stops: StopFilter
  private var loop = RepetitionGuard()
  private let maxBytes: Int
  private var bytes = 0
  private var reasoningBytes = 0

  /// One of our own rules ended the reply; what the server still sends is of no interest.
  private(set) var cut: ReplyEnd?
  /// Whether anything was shown.
  private(set) var hasShown = false

  /// The model's thinking came out as text; see `ThinkSplitter`.
  var missedThinkingTag: Bool { thinking.missedOpening }

  init(stops: [String], maxBytes: Int, startsThinking: Bool) {
    self.stops = StopFilter(stops)
    self.maxBytes = maxBytes
    thinking = ThinkSplitter(startsThinking: startsThinking)
  }

  mutating func text(_ delta: [UInt8], _ events: inout [ReplyEvent]) {
    for piece in thinking.push(textJoiner.push(textGrowth.push(delta))) { take(piece, &events) }
  }

  /// Thinking that the server itself tells apart.
  mutating func reasoning(_ delta: [UInt8], _ events: inout [ReplyEvent]) {
    if !delta.isEmpty { thinking.trustServer() }
    show(reasoning: reasoningJoiner.push(reasoningGrowth.push(delta)), &events)
  }

  /// Nothing more comes: what was held back for a continuation is shown.
  mutating func finish(_ events: inout [ReplyEvent]) {
    guard cut == nil else { return }
    show(reasoning: reasoningJoiner.push(reasoningGrowth.finish()) + reasoningJoiner.finish(), &events)
    for piece in thinking.push(textJoiner.push(textGrowth.finish()) + textJoiner.finish()) + thinking.finish()
    {
      take(piece, &events)
    }
    if cut == nil { show(stops.finish(), &events) }
  }

  private mutating func take(_ piece: ThinkSplitter.Piece, _ events: inout [ReplyEvent]) {
    if piece.isThinking { return show(reasoning: piece.text, &events) }
    guard cut == nil else { return }
    let passed = stops.push(piece.text)
    show(passed, &events)
    if cut == nil, let stop = stops.stopped {
      cut = ReplyEnd(.stop, note: "stop string “\(stop.trimmedForNote)”")
    }
  }

  private mutating func show(_ text: String, _ events: inout [ReplyEvent]) {
    guard !text.isEmpty, cut == nil else { return }
    var text = text
    if bytes + text.utf8.count > maxBytes {
      text = text.prefix(bytes: maxBytes - bytes)
      cut = ReplyEnd(.length, note: "the reply reached \(maxBytes) bytes")
    } else if loop.push(text) {
      cut = ReplyEnd(.length, note: "the reply only repeated itself")
    }
    guard !text.isEmpty else { return }
    bytes += text.utf8.count
    hasShown = true
    events.append(.text(text))
  }

  private mutating func show(reasoning text: String, _ events: inout [ReplyEvent]) {
    guard !text.isEmpty, cut == nil else { return }
    // Thinking may be long, but not endless: four replies' worth.
    let text = text.prefix(bytes: maxBytes * 4 - reasoningBytes)
    reasoningBytes += text.utf8.count
    if reasoningBytes >= maxBytes * 4 { cut = ReplyEnd(.length, note: "the thinking did not end") }
    guard !text.isEmpty else { return }
    hasShown = true
    events.append(.reasoning(text))
  }
}

extension String {
  /// As many whole characters as fit.
  func prefix(bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    guard limit > 0 else { return "" }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }

  fileprivate var trimmedForNote: String {
    String(prefix(40).map { $0.isNewline ? "⏎" : $0 })
  }
}
