import FoundationEssentials
import Model
import Wire

extension Subject {
  static func companiond(_ program: String, config: String = "{}") -> Subject {
    Subject(
      name: "companiond", program: program, door: .socket,
      arguments: { folder in
        // No configuration of the person who measures, and no line for every connection.
        [
          "--config", folder + "/companiond.json5", "--socket", socket(in: folder), "--data",
          folder + "/data",
        ]
      },
      environment: { ["HOME": $0] },
      ping: { request(Ping.self, Empty(), number: $0) },
      publishing: Publishing(
        subscribe: request(EventsSubscribe.self, .init(topics: [SettingsChanged.name]), number: 1),
        subscribedLines: 1,
        publish: { number in request(SettingsSet.self, .init(user: .set(persona(number))), number: number) },
        eventLines: 1, countsFromReply: true)
    )
    .with(file: "companiond.json5", config)
  }

  private static func request<M: Method>(_ method: M.Type, _ params: M.Params, number: Int) -> [UInt8] {
    let text = JSONText.bytes(params)
    return MessageLine.request(
      M.name, id: .number(Int64(number)), params: text == Array("{}".utf8) ? nil : text)
  }

  /// Another one each time, of a length that makes the event's data `FanOut.payloadBytes` long: besides it the data has 130
  /// bytes and, four times, a count of the changes, which is `number` in a vault that nobody else writes.
  private static func persona(_ number: Int) -> UserPersona {
    let length = FanOut.payloadBytes - 130 - 4 * String(number).utf8.count
    return UserPersona(name: "A name", overview: padded("overview \(number) ", to: length))
  }

  private static func padded(_ text: String, to length: Int) -> String {
    text + String(repeating: ".", count: max(0, length - text.utf8.count))
  }

  private func with(file name: String, _ text: String) -> Subject {
    var copy = self
    copy.files = { _ in [name: text] }
    return copy
  }
}
