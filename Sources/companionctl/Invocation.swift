import Base
import Client
import FoundationEssentials
import Wire

/// What a command is given: its words and options, where to print, and the way to the daemon.
struct Invocation {
  let line: ParsedLine
  let environment: [String: String]
  let out: Output
  let err: Output

  /// How long an ordinary call may take before the daemon counts as unreachable. `storage.check` of a large vault goes
  /// through `call`, which waits as long as it is told to.
  static let patience = Duration.seconds(60)

  var words: [String] { line.words }
  var json: Bool { line.switches.contains("--json") }
  func has(_ name: String) -> Bool { line.switches.contains(name) }
  func value(_ name: String) -> String? { line.values[name] }

  /// A number of an option, within its bounds.
  func number(_ name: String, in bounds: ClosedRange<Double>, whole: Bool = false) throws(UsageError)
    -> Double?
  {
    guard let text = value(name) else { return nil }
    guard let number = Double(text), bounds.contains(number), !whole || number == number.rounded() else {
      let kind = whole ? "a whole number" : "a number"
      let (low, high) = (Amounts.short(bounds.lowerBound), Amounts.short(bounds.upperBound))
      throw UsageError("\(name) takes \(kind) from \(low) to \(high).", seeHelpOf: line.names)
    }
    return number
  }

  var socketPath: String { SocketPlace.path(option: value("--socket"), environment: environment) }

  func client(reconnect: ReconnectPolicy = .brief, interpretsStreams: Bool = true) -> BlockingClient {
    var options = ClientOptions(name: "companionctl", version: releaseVersion, reconnect: reconnect)
    options.interpretsStreams = interpretsStreams
    return BlockingClient(path: socketPath, options: options)
  }

  /// One call to a method that this program knows; with `--json` its result is printed and nil comes back.
  func ask<M: Method>(_ method: M.Type, _ params: M.Params) throws -> M.Result? {
    let reply = try client().call(CallRequest(method, params), timeout: Self.patience)
    let result = try reply.decoded(as: method)
    guard json else { return result }
    print(reply.json)
    return nil
  }

  func ask<M: Method>(_ method: M.Type) throws -> M.Result? where M.Params == Empty {
    try ask(method, Empty())
  }

  /// JSON: spread on a terminal, one line for programs.
  func print(_ result: Data) {
    out.line(
      json || !out.isTerminal ? JSONPrinter.oneLine(result, out) : JSONPrinter.spread(result, out))
  }

  func print(_ value: some Encodable) throws { print(try JSONText.encoder().encode(value)) }
}

extension Amounts {
  /// Without digits behind the point where there is nothing to say.
  static func short(_ value: Double) -> String { value == value.rounded() ? fixed(value, 0) : "\(value)" }
}
