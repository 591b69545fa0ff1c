/// How many bytes of text make a token, by model: a guess at first, then what the servers' own counts say.
///
/// Every script and every tokenizer has its own ratio, and a chat stays in its language, so the latest counts are the best guess for the
/// next. Kept in memory only: one reply is enough to learn it again.
package struct TokenGauge: Sendable {
  /// English prose has about four; the guess is on the careful side.
  static let usual = 3.5
  private static let bounds = 1.0...8.0
  private static let mostModels = 200
  /// Less says more of the server's template than of the text.
  private static let fewestBytes = 200

  private var ratios: [String: Double] = [:]

  package init() {}

  package func tokens(_ bytes: Int, model: String) -> Int {
    Int((Double(bytes) / (ratios[model] ?? Self.usual)).rounded(.up))
  }

  /// A server counted so many tokens in so many bytes. Servers that tell only what was not in their cache, or that dropped a part of
  /// the prompt, give ratios no language has; those are left out.
  package mutating func learn(_ bytes: Int, tokens: Int, model: String) {
    guard bytes >= Self.fewestBytes, tokens > 0 else { return }
    let seen = Double(bytes) / Double(tokens)
    guard Self.bounds.contains(seen), ratios[model] != nil || ratios.count < Self.mostModels else { return }
    ratios[model] = ratios[model].map { $0 * 0.7 + seen * 0.3 } ?? seen
  }
}
