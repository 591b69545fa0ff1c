import Synchronization

/// A number that only grows.
public final class Counter: Sendable {
  private let value = Atomic<Int>(0)
  public init() {}
  public func add(_ amount: Int = 1) { value.wrappingAdd(amount, ordering: .relaxed) }
  public var count: Int { value.load(ordering: .relaxed) }
}

/// A number that goes up and down.
public final class Gauge: Sendable {
  private let value = Atomic<Int>(0)
  public init() {}
  public func set(_ amount: Int) { value.store(amount, ordering: .relaxed) }
  public func add(_ amount: Int) { value.wrappingAdd(amount, ordering: .relaxed) }
  public var level: Int { value.load(ordering: .relaxed) }
}

/// How long something took, counted in fixed buckets of seconds.
public final class Histogram: Sendable {
  /// Half-decades from 100 microseconds to five minutes: a hop, a commit, a first token, a reply.
  public static let seconds: [Double] = [
    0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300,
  ]

  let bounds: [Double]
  private let state: Lock<(buckets: [Int], sum: Double, count: Int)>

  public init(bounds: [Double] = Histogram.seconds) {
    self.bounds = bounds
    state = Lock((Array(repeating: 0, count: bounds.count + 1), 0, 0))
  }

  public func observe(_ duration: Duration) { observe(duration.seconds) }

  public func observe(_ value: Double) {
    let index = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.buckets[index] += 1
      $0.sum += value
      $0.count += 1
    }
  }

  var snapshot: (buckets: [Int], sum: Double, count: Int) { state.withLock { $0 } }
}

/// The process's metrics by name, written out as OpenMetrics text.
///
/// Made once by the composition root and handed down. Asking twice for one name and label set gives the same
/// instrument, so a room need not keep a table of its own. Label values must come from a bounded set.
public final class Metrics: Sendable {
  private enum Instrument: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    case histogram(Histogram)
    case reading(@Sendable () -> Double)

    var type: String {
      switch self {
      case .counter: "counter"
      case .gauge, .reading: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  private struct Family: Sendable {
    let help: String
    let type: String
    var members: [String: Instrument] = [:]
  }

  private let families = Lock<[String: Family]>([:])

  public init() {}

  public func counter(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Counter
  {
    let found = instrument(name, help, labels) { .counter(Counter()) }
    guard case .counter(let counter) = found else { preconditionFailure("\(name) is not a counter") }
    return counter
  }

  public func gauge(_ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:]) -> Gauge {
    let found = instrument(name, help, labels) { .gauge(Gauge()) }
    guard case .gauge(let gauge) = found else { preconditionFailure("\(name) is not a gauge") }
    return gauge
  }

  public func histogram(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
    bounds: [Double] = Histogram.seconds
  ) -> Histogram {
    let found = instrument(name, help, labels) { .histogram(Histogram(bounds: bounds)) }
    guard case .histogram(let histogram) = found else { preconditionFailure("\(name) is not a histogram") }
    return histogram
  }

  /// A gauge that is read when asked for (memory, file sizes); the closure may run on any thread.
  public func reading(
    _ name: String, _ help: String, labels: KeyValuePairs<String, String> = [:],
    _ read: @escaping @Sendable () -> Double
  ) {
    _ = instrument(name, help, labels) { .reading(read) }
  }

  private func instrument(
    _ name: String, _ help: String, _ labels: KeyValuePairs<String, String>, make: () -> Instrument
  ) -> Instrument {
    let suffix = labels.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
    return families.withLock { families in
      if let known = families[name]?.members[suffix] { return known }
      let made = make()
      families[name, default: Family(help: help, type: made.type)].members[suffix] = made
      return made
    }
  }

  /// The whole registry in the text form scrapers read, families and members in a stable order.
  public func openMetrics() -> String {
    let families = families.withLock { $0 }
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      text += "# TYPE \(name) \(family.type)\n# HELP \(name) \(escaped(family.help))\n"
      for (labels, instrument) in family.members.sorted(by: { $0.key < $1.key }) {
        let set = labels.isEmpty ? "" : "{\(labels)}"
        switch instrument {
        case .counter(let counter): text += "\(name)_total\(set) \(counter.count)\n"
        case .gauge(let gauge): text += "\(name)\(set) \(gauge.level)\n"
        case .reading(let read): text += "\(name)\(set) \(number(read()))\n"
        case .histogram(let histogram):
          let snapshot = histogram.snapshot
          let lead = labels.isEmpty ? "" : labels + ","
          var running = 0
          for (index, bound) in histogram.bounds.enumerated() {
            running += snapshot.buckets[index]
            text += "\(name)_bucket{\(lead)le=\"\(number(bound))\"} \(running)\n"
          }
          text += "\(name)_bucket{\(lead)le=\"+Inf\"} \(snapshot.count)\n"
          text += "\(name)_sum\(set) \(number(snapshot.sum))\n\(name)_count\(set) \(snapshot.count)\n"
        }
      }
    }
    return text + "# EOF\n"
  }
}

private func number(_ value: Double) -> String {
  if !value.isFinite { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
  return value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
}

/// By scalars: a carriage return and the line feed behind it are one Character, which is neither of the two.
private func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\\": result += "\\\\"
    case "\"": result += "\\\""
    case "\n": result += "\\n"
    // The form has no word for it, and a reader may take it for the end of the line.
    case "\r": result += "\\n"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
