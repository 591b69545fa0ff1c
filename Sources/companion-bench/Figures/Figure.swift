/// One thing measured: a value a round for the daemon, and for each peer in the same rounds.
struct Figure {
  enum Unit: String, Encodable {
    case microseconds = "us"
    case milliseconds = "ms"
    case perSecond = "/s"
    case mebibytes = "MiB"
    case bytes = "B"
    case wakeUps = "wake-ups"
    case none = ""
  }

  /// What the project asks of itself.
  enum Aim {
    /// Our value divided by the named peer's.
    case ratioAtMost(Double, of: String)
    case ratioAtLeast(Double, of: String)
    case atMost(Double)
    /// Our value less the named peer's.
    case atMostBeyond(Double, of: String)
  }

  let name: String
  let unit: Unit
  var aims: [Aim] = []
  private(set) var values: [(subject: String, values: [Double])] = []

  init(_ name: String, _ unit: Unit, aims: [Aim] = []) {
    self.name = name
    self.unit = unit
    self.aims = aims
  }

  mutating func add(_ value: Double, for subject: String) {
    if let index = values.firstIndex(where: { $0.subject == subject }) {
      values[index].values.append(value)
    } else {
      values.append((subject, [value]))
    }
  }

  func values(of subject: String) -> [Double] { values.first { $0.subject == subject }?.values ?? [] }

  var own: [Double] { values(of: "companiond") }

  /// Our value divided by a peer's, round by round.
  func ratios(to peer: String) -> [Double] { zip(own, values(of: peer)).map { $0 / $1 } }
}

extension Figure.Aim {
  /// What was compared, whether it is enough, and the aim in words; nil when what it needs was not measured.
  func judge(_ figure: Figure) -> (found: Spread, met: Bool, words: String)? {
    func compared(_ peer: String, _ values: [Double]) -> Spread? {
      figure.values(of: peer).isEmpty ? nil : Spread(values)
    }
    switch self {
    case .ratioAtMost(let ratio, let peer):
      return compared(peer, figure.ratios(to: peer)).map {
        ($0, $0.median <= ratio, "at most \(shown(ratio)) of \(peer)")
      }
    case .ratioAtLeast(let ratio, let peer):
      return compared(peer, figure.ratios(to: peer)).map {
        ($0, $0.median >= ratio, "at least \(shown(ratio)) of \(peer)")
      }
    case .atMost(let limit):
      let found = Spread(figure.own)
      return (found, found.median <= limit, "at most \(shown(limit)) \(figure.unit.rawValue)")
    case .atMostBeyond(let limit, let peer):
      let beyond = zip(figure.own, figure.values(of: peer)).map { $0 - $1 }
      return compared(peer, beyond).map {
        ($0, $0.median <= limit, "at most \(peer)'s + \(shown(limit)) \(figure.unit.rawValue)")
      }
    }
  }
}

/// Three digits that count.
func shown(_ number: Double) -> String {
  guard number.isFinite else { return "-" }
  let magnitude = number.magnitude
  if magnitude >= 100 || number == number.rounded() { return grouped(Int64(number.rounded())) }
  let places = magnitude >= 10 ? 1 : 2
  let scale = places == 1 ? 10.0 : 100.0
  let scaled = Int64((magnitude * scale).rounded())
  let (whole, part) = scaled.quotientAndRemainder(dividingBy: Int64(scale))
  let digits = String(part)
  let zeros = String(repeating: "0", count: places - digits.count)
  return "\(number < 0 ? "-" : "")\(whole).\(zeros)\(digits)"
}

private func grouped(_ number: Int64) -> String {
  var text = ""
  for (index, digit) in String(number.magnitude).reversed().enumerated() {
    if index > 0, index.isMultiple(of: 3) { text.append(",") }
    text.append(digit)
  }
  return (number < 0 ? "-" : "") + String(text.reversed())
}
