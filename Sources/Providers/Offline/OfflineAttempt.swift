import Base
import HTTP
import Model

/// A reply by rules, spoken at a reader's pace. Says what it is wherever it is listed; a person who has configured a provider never
/// gets this one in its stead.
@Loop
final class OfflineAttempt: Attempt {
  static let modelName = "companion"

  static func model(_ provider: String) -> ModelInfo {
    ModelInfo(
      provider: provider, name: modelName, capabilities: [.json], contextTokens: 1 << 20, isOffline: true)
  }

  /// It reads the messages and the stage themselves; there is no other form of them.
  static func preview(_ request: ChatRequest) -> JSONValue {
    .object([
      "model": .string(modelName), "task": .string(request.task.rawValue),
      "messages": .array(
        request.messages.map { ["role": .string($0.role.rawValue), "content": .string($0.text)] }),
    ])
  }

  private let request: ChatRequest
  private let pace: Double
  private let timing: LoopTiming
  private let tell: @Loop (AttemptEvent) -> Void
  private var assembly: ReplyAssembly
  private var words: [String]
  private let isCut: Bool
  private var spoken = 0
  private var alarm: Alarm?
  private var isOver = false

  init(
    _ request: ChatRequest, pace: Double, timing: LoopTiming, random: RandomSource,
    tell: @escaping @Loop (AttemptEvent) -> Void
  ) {
    self.request = request
    self.pace = pace
    self.timing = timing
    self.tell = tell
    assembly = ReplyAssembly(stops: request.stops, maxBytes: request.maxBytes, startsThinking: false)
    let seed = request.sampling.seed.map { UInt64(bitPattern: $0) } ?? random.next()
    let text = OfflineCompanion(request, random: .seeded(seed)).answer()
    words = OfflineAttempt.pieces(text, maxTokens: request.maxTokens)
    isCut = words.joined() != text
    // Even the quickest thinks a moment; and nobody is told anything before `start` has returned.
    alarm = timing.after(pace > 0 ? .milliseconds(350) : .zero) { [weak self] in self?.speak() }
  }

  func cancel() {
    guard !isOver else { return }
    isOver = true
    alarm?.cancel()
    var events: [ReplyEvent] = []
    assembly.finish(&events)
    for event in events { tell(.reply(event)) }
  }

  private func speak() {
    guard !isOver else { return }
    guard !words.isEmpty else { return finish() }
    let word = words.removeFirst()
    spoken += 1
    var events: [ReplyEvent] = []
    assembly.text(Array(word.utf8), &events)
    for event in events where !isOver { tell(.reply(event)) }
    guard !isOver else { return }
    if assembly.cut != nil { return finish() }
    let seconds = pace > 0 ? Double(word.count) / pace : 0
    // A breath after a sentence.
    let breath = pace > 0 && word.contains { ".!?…".contains($0) } ? 0.12 : 0
    alarm = timing.after(.seconds(seconds + breath)) { [weak self] in self?.speak() }
  }

  private func finish() {
    var events: [ReplyEvent] = []
    assembly.finish(&events)
    for event in events where !isOver { tell(.reply(event)) }
    guard !isOver else { return }
    isOver = true
    let prompt = request.messages.reduce(0) { $0 + $1.text.utf8.count } / 4
    tell(.reply(.usage(TokenUsage(prompt: prompt, completion: spoken))))
    tell(.finished(assembly.cut ?? ReplyEnd(isCut ? .length : .stop), missedThinkingTag: false))
  }

  /// Words with the space before them, as models send them; no more than asked for.
  private static func pieces(_ text: String, maxTokens: Int?) -> [String] {
    var pieces: [String] = []
    var piece = ""
    for character in text {
      if character.isWhitespace, !piece.allSatisfy(\.isWhitespace) {
        pieces.append(piece)
        piece = ""
      }
      piece.append(character)
    }
    if !piece.isEmpty { pieces.append(piece) }
    // A word is about four thirds of a token.
    return maxTokens.map { Array(pieces.prefix(max(1, $0 * 3 / 4))) } ?? pieces
  }
}
