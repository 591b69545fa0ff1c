package import Base

/// The three forms of a date that RFC 9110 asks a client to read.
package enum HTTPDate {
  /// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`; nil when it is none of them.
  /// `now` decides the century of a year of two digits.
  package static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
    if words.count == 6, words[5] == "GMT" || words[5] == "UTC" {
      return date(year: words[3], month: words[2], day: words[1], time: words[4], now: now)
    }
    if words.count == 5, words[3].contains(":") {
      return date(year: words[4], month: words[1], day: words[2], time: words[3], now: now)
    }
    return nil
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func date(
    year: String, month: String, day: String, time: String, now: Timestamp
  ) -> Timestamp? {
    guard let month = months.firstIndex(of: month), var number = Int(year), number >= 0, let day = Int(day)
    else {
      return nil
    }
    if year.utf8.count == 2 {
      // A date more than fifty years ahead is meant to lie in the past.
      let thisYear = Int(now.description.prefix(4)) ?? 2000
      number += thisYear / 100 * 100
      if number > thisYear + 50 { number -= 100 }
    }
    return Timestamp("\(padded(number, 4))-\(padded(month + 1, 2))-\(padded(day, 2))T\(time)Z")
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
