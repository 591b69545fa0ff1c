import Base

/// A companion made of rules: it mirrors what it hears, asks, notices clothes and places, remembers what it was told, and says what
/// it is when asked. The same request with the same seed gets the same answer.
struct OfflineCompanion {
  private let request: ChatRequest
  private let random: RandomSource

  init(_ request: ChatRequest, random: RandomSource) {
    self.request = request
    self.random = random
  }

  func answer() -> String {
    switch request.task {
    case .reply: return OfflineReply(request, random: random).compose()
    case .analysis: return OfflineAnalysis(request).answer()
    case .title: return title()
    case .other:
      if request.wantsJSON { return "{}" }
      return OfflineReply(request, random: random).compose()
    }
  }

  /// The telling words of the person's first line.
  private func title() -> String {
    let line = request.messages.first { $0.role == .user }?.text ?? ""
    let words = Words(line).all.filter { !Words.isMark($0) && !OfflineWords.common.contains($0) }.prefix(4)
    guard !words.isEmpty else { return "A quiet hour" }
    let title = words.joined(separator: " ")
    return title.prefix(1).uppercased() + title.dropFirst()
  }
}
