import Base

/// The hour where the companion lives, for `{{time}}` and its like.
struct MacroTime: Sendable {
  var now: Timestamp
  /// East of Greenwich.
  var offset: Duration
  /// When the person last spoke; nil before the first line.
  var lastSpoke: Timestamp?

  /// Since midnight on the companion's clocks.
  var minuteOfDay: Int {
    let seconds = now.milliseconds / 1000 + offset.components.seconds
    return Int((seconds % 86_400 + 86_400) % 86_400 / 60)
  }

  init(now: Timestamp, offset: Duration = .zero, lastSpoke: Timestamp? = nil) {
    self.now = now
    self.offset = offset
    self.lastSpoke = lastSpoke
  }

  func value(of name: String, _ arguments: [String]) -> String? {
    switch name {
    case "time":
      guard let zone = arguments.first else { return format("h:mm A") }
      return hours(zone).map { format("h:mm A", offset: .seconds($0 * 3600)) }
    case "date": return format("MMMM D, YYYY")
    case "weekday": return format("dddd")
    case "isotime": return format("HH:mm")
    case "isodate": return format("YYYY-MM-DD")
    case "datetimeformat": return arguments.first.map { format(String($0.prefix(200))) }
    case "idleduration", "idle_duration":
      return MacroTime.words(lastSpoke.map { now.milliseconds - $0.milliseconds } ?? 0)
    case "timediff":
      guard arguments.count == 2, let one = Timestamp(arguments[0]), let other = Timestamp(arguments[1])
      else { return nil }
      return MacroTime.words(abs(one.milliseconds - other.milliseconds))
    default:
      guard name.hasPrefix("time_utc") else { return nil }
      return hours(String(name.dropFirst(5))).map { format("h:mm A", offset: .seconds($0 * 3600)) }
    }
  }

  /// `UTC+2`
  private func hours(_ zone: String) -> Int64? {
    let word = zone.lowercased().filter { !$0.isWhitespace }
    guard word.hasPrefix("utc") else { return nil }
    let rest = word.dropFirst(3)
    guard let hours = Int64(rest.first == "+" ? rest.dropFirst() : rest), (-14...14).contains(hours) else {
      return nil
    }
    return hours
  }

  // MARK: The calendar

  private struct Civil {
    var year: Int64
    var month: Int
    var day: Int
    var weekday: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// From days since 1970 by eras of 400 years: no calendar of a library is asked.
    init(_ seconds: Int64) {
      let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
      let rest = Int(seconds - days * 86_400)
      (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
      weekday = Int(((days + 4) % 7 + 7) % 7)
      let shifted = days + 719_468
      let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
      let dayOfEra = shifted - era * 146_097
      let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
      let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
      let shiftedMonth = (5 * dayOfYear + 2) / 153
      day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5) + 1
      month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
      year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
  }

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]
  /// The longest first, so that `MM` is not twice `M`.
  private static let fields = [
    "YYYY", "MMMM", "dddd", "MMM", "ddd", "YY", "MM", "DD", "HH", "hh", "mm", "ss", "M", "D", "H", "h", "m",
    "s", "A", "a",
  ]

  private func format(_ pattern: String, offset: Duration? = nil) -> String {
    let civil = Civil(now.milliseconds / 1000 + (offset ?? self.offset).components.seconds)
    var result = ""
    var rest = pattern[...]
    while let first = rest.first {
      // What stands in square brackets is text.
      if first == "[", let end = rest.firstIndex(of: "]") {
        result += rest[rest.index(after: rest.startIndex)..<end]
        rest = rest[rest.index(after: end)...]
      } else if let field = Self.fields.first(where: { rest.hasPrefix($0) }) {
        result += Self.text(of: field, civil)
        rest = rest.dropFirst(field.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func text(of field: String, _ civil: Civil) -> String {
    let hour12 = civil.hour % 12 == 0 ? 12 : civil.hour % 12
    switch field {
    case "YYYY": return "\(civil.year)"
    case "YY": return two(Int(civil.year % 100))
    case "MMMM": return months[civil.month - 1]
    case "MMM": return String(months[civil.month - 1].prefix(3))
    case "MM": return two(civil.month)
    case "M": return "\(civil.month)"
    case "DD": return two(civil.day)
    case "D": return "\(civil.day)"
    case "dddd": return weekdays[civil.weekday]
    case "ddd": return String(weekdays[civil.weekday].prefix(3))
    case "HH": return two(civil.hour)
    case "H": return "\(civil.hour)"
    case "hh": return two(hour12)
    case "h": return "\(hour12)"
    case "mm": return two(civil.minute)
    case "m": return "\(civil.minute)"
    case "ss": return two(civil.second)
    case "s": return "\(civil.second)"
    case "A": return civil.hour < 12 ? "AM" : "PM"
    default: return civil.hour < 12 ? "am" : "pm"
    }
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// "3 hours", as one says it.
  private static func words(_ milliseconds: Int64) -> String {
    let seconds = max(0, milliseconds / 1000)
    let (count, unit): (Int64, String) =
      switch seconds {
      case ..<60: (seconds, "second")
      case ..<3600: (seconds / 60, "minute")
      case ..<86_400: (seconds / 3600, "hour")
      default: (seconds / 86_400, "day")
      }
    return "\(count) \(unit)\(count == 1 ? "" : "s")"
  }
}
