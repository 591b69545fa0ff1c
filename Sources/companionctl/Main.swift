import FoundationEssentials
import Glibc

/// companionctl: one command, one client, one exit status.
@main
enum Main {
  static func main() {
    // A reader that went away is met where we write.
    signal(SIGPIPE, SIG_IGN)
    // Nothing here needs tidying up: what was printed has left, and what a call does is the daemon's to finish.
    signal(SIGINT) { _ in _exit(130) }
    let environment = ProcessInfo.processInfo.environment
    let out = Output(descriptor: 1, environment: environment)
    let err = Output(descriptor: 2, environment: environment)
    var arguments = Array(CommandLine.arguments.dropFirst())
    if arguments == ["--version"] { arguments = ["version"] }
    let json = arguments.contains("--json")
    do {
      let line = try CommandLineReader.read(arguments, root: Commands.root)
      exit(try run(line, environment: environment, out: out, err: err).rawValue)
    } catch {
      exit(Complaint.tell(error, json: json, err).rawValue)
    }
  }

  private static func run(
    _ line: ParsedLine, environment: [String: String], out: Output, err: Output
  ) throws -> ExitCode {
    let help = Array(HelpText.text(for: line.path).utf8)
    if line.switches.contains("--help") {
      out.write(help)
      return .done
    }
    if line.path.count == 1 {
      // Not an answer to a question, so it does not go where answers go.
      err.write(help)
      return .usage
    }
    try CommandLineReader.check(line)
    let invocation = Invocation(line: line, environment: environment, out: out, err: err)
    return try line.path[line.path.count - 1].run?(invocation) ?? .done
  }
}
