import Base
import Client
import Glibc
import Wire

extension Commands {
  static let ping = CommandSpec(
    name: "ping",
    summary: "Ask for a sign of life, and say how long it took",
    options: [
      OptionSpec("--count", "N", "how many times; 1 when absent"),
      OptionSpec("--interval", "SECONDS", "the pause between two; 1 when absent"),
    ],
    discussion: "Connecting and greeting come before the first measurement and are not part of it.",
    examples: [
      .init("companionctl ping", "Is it there?"),
      .init("companionctl ping --count 100 --interval 0", "A hundred round trips, one after the other."),
    ]
  ) { invocation in
    let count = Int(try invocation.number("--count", in: 1...1_000_000, whole: true) ?? 1)
    let interval = try invocation.number("--interval", in: 0...3600) ?? 1
    let client = invocation.client()
    let hello = try client.connect(timeout: Invocation.patience)
    var times: [Double] = []
    for number in 1...count {
      if number > 1, interval > 0 { pause(seconds: interval) }
      let time = Amounts.milliseconds(try client.roundTrip(timeout: Invocation.patience))
      times.append(time)
      if invocation.json {
        try invocation.print(RoundTrip(number: number, milliseconds: time))
      } else if count == 1 {
        let server = "\(hello.server.name) \(hello.server.version)".escaped
        invocation.out.line("\(server) answered in \(Amounts.fixed(time, 3)) ms.")
      } else {
        invocation.out.line("\(number)  \(Amounts.fixed(time, 3)) ms")
      }
    }
    if count > 1, !invocation.json {
      let sorted = times.sorted()
      let (least, median, most) = (sorted[0], sorted[sorted.count / 2], sorted[sorted.count - 1])
      invocation.out.line(
        "\(count) answers: least \(Amounts.fixed(least, 3)), median \(Amounts.fixed(median, 3)), "
          + "most \(Amounts.fixed(most, 3)) ms")
    }
    return .done
  }

  private struct RoundTrip: Encodable {
    let number: Int
    let milliseconds: Double
  }

  private static func pause(seconds: Double) {
    _ = poll(nil, 0, Int32(clamping: Int((seconds * 1000).rounded(.up))))
  }
}
