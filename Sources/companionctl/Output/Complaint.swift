import Base
import Client
import FoundationEssentials
import Model
import Wire

/// What went wrong, told to a person or a program, and the exit status that goes with it.
enum Complaint {
  static func tell(_ error: any Error, json: Bool, _ err: Output) -> ExitCode {
    switch error {
    case let usage as UsageError:
      err.line("companionctl: \(usage.message)")
      err.line(usage.advice)
      return .usage
    case is Interrupted:
      return .interrupted
    case ClientError.daemon(let refusal): return tell(refusal, json: json, err)
    case let failure as ClientError: return tell(failure, json: json, err)
    default:
      err.line("companionctl: \(String(describing: error).escaped)")
      return .refused
    }
  }

  /// The daemon's sentence, then what programs go by and what a person can do.
  private static func tell(_ refusal: RPCError, json: Bool, _ err: Output) -> ExitCode {
    if json {
      err.line(JSONPrinter.oneLine(Data(refusal.encoded), err))
      return .refused
    }
    err.line("companionctl: \(refusal.message.printable(limit: 4096))")
    var facts = ["error \(refusal.code.rawValue)"]
    if !refusal.reason.isEmpty { facts.append(refusal.reason.printable(limit: 64)) }
    for (name, value) in refusal.details.sorted(by: { $0.key < $1.key }) where facts.count < 8 {
      // What the sentence says already is not said twice.
      if value.string == refusal.message { continue }
      facts.append("\(name.printable(limit: 64)) \(word(value))")
    }
    let advice = advice(for: refusal).map { ". " + $0 } ?? ""
    err.line(err.styled("  \(facts.joined(separator: ", "))\(advice)", .dim))
    return .refused
  }

  private static func word(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): text.printable(limit: 200)
    case .integer(let number): String(number)
    case .bool(let flag): String(flag)
    default: "…"
    }
  }

  private static func advice(for refusal: RPCError) -> String? {
    switch refusal.code {
    case .methodNotFound: return "List the methods: companionctl discover"
    case .invalidParams: return "See what a method takes: companionctl discover METHOD"
    case .forbidden: return "This needs the rights of whoever runs the daemon."
    case .conflict: return "Read it again, then decide anew."
    case .storageFull: return "Free some space on the daemon's disk, then try again."
    case .storageFailed: return "Look at companionctl health and the daemon's log."
    case .stopping: return "Try again in a moment."
    case .rateLimited:
      return refusal.details["retryAfterMs"]?.integer.map {
        "Try again in \(Amounts.span(milliseconds: $0))."
      }
    default: return refusal.retryable ? "The same may succeed later." : nil
    }
  }

  private static func tell(_ failure: ClientError, json: Bool, _ err: Output) -> ExitCode {
    let (reason, code): (String, ExitCode) =
      switch failure {
      case .daemon: ("daemon", .refused)
      case .unreachable: ("unreachable", .unreachable)
      case .connectionLost: ("connection_lost", .unreachable)
      case .disconnected: ("disconnected", .unreachable)
      case .timedOut: ("timed_out", .unreachable)
      case .fault: ("protocol_fault", .unreachable)
      case .incompatible: ("incompatible", .unreachable)
      case .closed: ("closed", .unreachable)
      case .requestTooLong: ("request_too_long", .usage)
      case .unusableParams: ("unusable_params", .usage)
      case .resultTooLarge: ("result_too_large", .refused)
      case .unexpectedResult: ("unexpected_result", .refused)
      }
    if json {
      let retryable = code == .unreachable
      let value: JSONValue = [
        "message": .string(failure.description.split(separator: "\n").joined(separator: " ")),
        "data": ["reason": .string(reason), "retryable": .bool(retryable)],
      ]
      err.line(JSONPrinter.oneLine((try? JSONText.encoder().encode(value)) ?? Data(), err))
    } else {
      let lines = failure.description.split(separator: "\n")
      err.line("companionctl: \(lines.first ?? "")")
      for line in lines.dropFirst() { err.line(err.styled("  \(line)", .dim)) }
    }
    return code
  }
}
