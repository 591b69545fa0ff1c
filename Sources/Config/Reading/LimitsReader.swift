import Base

/// Reads `limits`: those of `Base.Limits` that a person may have a reason to change. The rest follow from the
/// protocol, and a smaller number would only break clients.
struct LimitsReader {
  let context: ReadingContext

  func read(_ limits: inout Limits, _ given: SectionReader) {
    var section = given
    func number(
      _ name: String, _ limit: WritableKeyPath<Limits, Int>, _ range: ClosedRange<Int>,
      takes: Setting.Takes = .restart
    ) {
      let usual = limits[keyPath: limit]
      limits[keyPath: limit] = section.value(
        name, .integer(range, example: "\(usual)"), default: usual, takes: takes)
    }
    number("messagesPerMinute", \.messagesPerMinute, 0...100_000, takes: .effectOnReload)
    number("picturesPerHour", \.picturesPerHour, 0...100_000, takes: .effectOnReload)
    number("maxConnections", \.maxConnections, 1...65_536)
    number("maxRunningCalls", \.maxRunningCalls, 1...1024)
    number("maxSubscriptions", \.maxSubscriptions, 1...1024)
    // A piece of an upload in base64, and a long message with every character escaped, must fit.
    number("maxLineBytes", \.maxLineBytes, 2 << 20...256 << 20)
    number("maxUnreadBytes", \.maxUnreadBytes, 64 << 10...256 << 20)
    number("maxOwnerBytes", \.maxOwnerBytes, 16 << 20...16 << 30)
    number("eventRing", \.eventRing, 64...1_048_576)
    number("eventRingBytes", \.eventRingBytes, 64 << 10...1 << 30)
    number("maxUploadBytes", \.maxUploadBytes, 1 << 20...16 << 30)
    number("maxUploads", \.maxUploads, 1...256)
    limits.transferLifetime = section.value(
      "transferLifetime", .seconds(60...604_800, example: "3600"), default: limits.transferLifetime,
      takes: .restart)
    section.finish()
    if limits.maxOwnerBytes < limits.maxLineBytes {
      context.wrong(
        section.source, section.path + ["maxOwnerBytes"],
        expected: "at least maxLineBytes (\(limits.maxLineBytes))",
        found: "\(limits.maxOwnerBytes)", suggestion: "raise maxOwnerBytes, or lower maxLineBytes")
    }
  }
}
