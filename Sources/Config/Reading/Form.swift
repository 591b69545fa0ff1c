import Base

/// What a value must look like: how to say it, how to read it, and how to show it again.
struct Form<Value> {
  enum Reading {
    case value(Value)
    /// `found` replaces the plain description, where that would say too little or too much.
    case wrong(suggestion: String? = nil, found: String? = nil, expected: String? = nil)
  }

  /// Completes "expected …".
  let expected: String
  /// As it would be written in a file; offered where nothing better is known.
  let example: String
  let read: (Node.Value) -> Reading
  let show: (Value) -> Setting.Value
}

extension Form {
  /// A form whose values are made from another's, or refused with a reason.
  func map<Other>(_ make: @escaping (Value) -> Form<Other>.Reading, back: @escaping (Other) -> Value)
    -> Form<Other>
  {
    Form<Other>(
      expected: expected, example: example,
      read: { node in
        switch read(node) {
        case .value(let value): make(value)
        case .wrong(let suggestion, let found, let expected):
          .wrong(suggestion: suggestion, found: found, expected: expected)
        }
      }, show: { show(back($0)) })
  }
}

extension Form where Value == Double {
  static func number(_ range: ClosedRange<Double>, example: String) -> Form {
    Form(
      expected: "a number from \(written(range.lowerBound)) to \(written(range.upperBound))",
      example: example,
      read: { node in
        guard case .number(let number) = node else { return .wrong(suggestion: unquoted(node)) }
        if range.contains(number) { return .value(number) }
        return .wrong(suggestion: nearest(number, range), found: written(number))
      }, show: { .number($0) })
  }
}

extension Form where Value == Int {
  static func integer(_ range: ClosedRange<Int>, example: String) -> Form {
    Form(
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)", example: example,
      read: { node in
        guard case .number(let number) = node else { return .wrong(suggestion: unquoted(node)) }
        if let whole = Int(exactly: number), range.contains(whole) { return .value(whole) }
        let bounds = Double(range.lowerBound)...Double(range.upperBound)
        return .wrong(suggestion: nearest(number.rounded(), bounds), found: written(number))
      }, show: { .integer($0) })
  }
}

extension Form where Value == Duration {
  /// Seconds, with a fraction if wanted; a thousandth is the least that means anything here.
  static func seconds(_ range: ClosedRange<Double>, example: String) -> Form {
    Form<Double>.number(range, example: example).mapping(
      expected: "a number of seconds from \(written(range.lowerBound)) to \(written(range.upperBound))",
      make: { .milliseconds(Int64(($0 * 1000).rounded())) },
      back: {
        Double($0.components.seconds) + Double($0.components.attoseconds / 1_000_000_000_000_000) / 1000
      })
  }
}

extension Form {
  private func mapping<Other>(
    expected: String, make: @escaping (Value) -> Other, back: @escaping (Other) -> Value
  ) -> Form<Other> {
    let mapped = map({ .value(make($0)) }, back: back)
    return Form<Other>(expected: expected, example: example, read: mapped.read, show: mapped.show)
  }
}

extension Form where Value == String {
  /// A line of text. What is wrong with it may be shown, so this is not for secrets.
  static func text(_ expected: String, most: Int = 4096, example: String) -> Form {
    Form(
      expected: expected, example: example,
      read: { node in
        guard case .text(let text) = node else { return .wrong() }
        if text.isEmpty { return .wrong(found: "empty text") }
        if text.utf8.count > most { return .wrong(found: "more than \(most) bytes") }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
          return .wrong(suggestion: "remove the control characters", found: "control characters in it")
        }
        return .value(text)
      }, show: { .text($0) })
  }
}

extension Form where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  static func choice(of: Value.Type = Value.self, example: String) -> Form {
    let names = Value.allCases.map(\.rawValue)
    return Form(
      expected: "one of \(names.map { "\"\($0)\"" }.joined(separator: ", "))", example: example,
      read: { node in
        guard case .text(let text) = node else { return .wrong() }
        if let value = Value(rawValue: text) { return .value(value) }
        let lowered = text.lowercased()
        let near =
          names.first { !lowered.isEmpty && $0.hasPrefix(lowered) } ?? Suggestion.nearest(to: text, in: names)
        return .wrong(suggestion: near.map { "did you mean \"\($0)\"?" }, found: Quoting.quoted(text))
      }, show: { .text($0.rawValue) })
  }
}

extension Form where Value == BaseURL {
  static var url: Form {
    Form(
      expected: BaseURL.expected, example: "\"http://127.0.0.1:8080/v1\"",
      read: { node in
        guard case .text(let text) = node else { return .wrong() }
        do throws(BaseURL.Flaw) { return .value(try BaseURL(text)) } catch {
          return .wrong(
            suggestion: error.suggestion,
            found: error.showable ? Quoting.quoted(text) : "something else in it",
            expected: error.expected)
        }
      }, show: { .text($0.text) })
  }
}

// MARK: Helping with numbers

/// 1.0 as 1, as people write it.
func written(_ number: Double) -> String {
  if number.isNaN { return "NaN" }
  if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
  if let whole = Int(exactly: number) { return "\(whole)" }
  return "\(number)"
}

private func nearest(_ number: Double, _ range: ClosedRange<Double>) -> String? {
  guard number.isFinite else { return nil }
  return "the nearest that is allowed: \(written(min(max(number, range.lowerBound), range.upperBound)))"
}

private func unquoted(_ node: Node.Value) -> String? {
  guard case .text(let text) = node, let number = Double(text), number.isFinite else { return nil }
  return "write it without quotes: \(written(number))"
}
