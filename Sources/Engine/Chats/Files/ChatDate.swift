import Base
import Model

/// Moments as programs have written them into chats over the years. Where none says its zone, it is taken as UTC: the line's place among
/// the others is what matters.
enum ChatDate {
  static func read(_ value: JSONValue?) -> Timestamp? {
    switch value {
    case .integer(let number)?: return count(number)
    case .number(let number)? where number.magnitude < 1e15: return count(Int64(number))
    case .string(let text)?: return read(text.trimmed)
    default: return nil
    }
  }

  private static func read(_ text: String) -> Timestamp? {
    guard (4...64).contains(text.utf8.count) else { return nil }
    if let number = Int64(text) { return count(number) }
    if let moment = Timestamp(text) ?? Timestamp(text + "Z") { return moment }
    let words = Self.words(text)
    if let month = words.first.flatMap(Self.month) { return american(month, words) }
    // 2024-6-5 @14h 56m 50s 682ms, in any spacing.
    let numbers = words.compactMap { Int64($0) }
    guard text.contains("@"), numbers.count >= 6, numbers.count <= 7 else { return nil }
    return moment(
      numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5],
      numbers.count > 6 ? numbers[6] : 0)
  }

  /// June 19, 2023 2:20pm
  private static func american(_ month: Int64, _ words: [String]) -> Timestamp? {
    let numbers = words.compactMap { Int64($0) }
    guard numbers.count >= 4 else { return nil }
    var hour = numbers[2]
    let half = words.last { $0 == "am" || $0 == "pm" }
    if half != nil, hour == 12 { hour = 0 }
    if half == "pm" { hour += 12 }
    return moment(numbers[1], month, numbers[0], hour, numbers[3], numbers.count > 4 ? numbers[4] : 0, 0)
  }

  private static func month(_ word: String) -> Int64? {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    guard word.count >= 3, let index = names.firstIndex(where: { word.hasPrefix($0) }) else { return nil }
    return Int64(index + 1)
  }

  /// Runs of digits and runs of letters, in lower case.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var kind = 0
    for letter in text.lowercased() {
      let now = letter.isASCII && letter.isNumber ? 1 : letter.isLetter ? 2 : 0
      if now != 0 {
        if now == kind, !words.isEmpty {
          words[words.count - 1].append(letter)
        } else {
          words.append(String(letter))
        }
      }
      kind = now
    }
    return words
  }

  private static func moment(
    _ year: Int64, _ month: Int64, _ day: Int64, _ hour: Int64, _ minute: Int64, _ second: Int64,
    _ milliseconds: Int64
  ) -> Timestamp? {
    func padded(_ number: Int64, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return Timestamp(
      "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))T\(padded(hour, 2)):\(padded(minute, 2)):"
        + "\(padded(second, 2)).\(padded(milliseconds, 3))Z")
  }

  /// Milliseconds, or seconds where that would be before computers talked.
  private static func count(_ number: Int64) -> Timestamp? {
    guard number > 0, number < 253_402_300_800_000 else { return nil }
    return Timestamp(milliseconds: number < 100_000_000_000 ? number * 1000 : number)
  }
}
