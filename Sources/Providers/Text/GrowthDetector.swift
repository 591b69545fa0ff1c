/// Some proxies send in every delta the whole text so far. Tells that from ordinary deltas by the first ones, and then passes
/// on only what is new.
///
/// One delta that repeats the text before it may be the model's own ("ha", "haha"); it is held until the next one decides.
struct GrowthDetector {
  private enum State {
    case beginning
    case suspecting([UInt8])
    case growing
    case ordinary
  }

  private var state = State.beginning
  private var text: [UInt8] = []
  /// So long a repetition is no coincidence even when nothing follows.
  private static let telling = 16

  /// What of the delta is to be shown.
  mutating func push(_ delta: [UInt8]) -> [UInt8] {
    guard !delta.isEmpty else { return [] }
    switch state {
    case .ordinary: return delta
    case .beginning:
      if text.isEmpty {
        text = delta
        return delta
      }
      guard delta.count > text.count, delta.starts(with: text) else {
        return become(.ordinary, showing: delta)
      }
      state = .suspecting(delta)
      return []
    case .suspecting(let held):
      if delta.count >= held.count, delta.starts(with: held) {
        let new = Array(delta[text.count...])
        state = .growing
        text = delta
        return new
      }
      return become(.ordinary, showing: held + delta)
    case .growing:
      // A shorter repetition brings nothing new; anything else is a correction, of which only the length can be kept.
      guard delta.count > text.count else { return [] }
      let new = Array(delta[text.count...])
      text = delta
      return new
    }
  }

  /// The stream is over with a delta still held.
  mutating func finish() -> [UInt8] {
    guard case .suspecting(let held) = state else { return [] }
    let isRepetition = text.count >= Self.telling
    let shown = isRepetition ? Array(held[text.count...]) : held
    return become(.ordinary, showing: shown)
  }

  private mutating func become(_ state: State, showing bytes: [UInt8]) -> [UInt8] {
    self.state = state
    text = []
    return bytes
  }
}
