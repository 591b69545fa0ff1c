import Base
import Glibc

/// The command line.
struct Options {
  enum Command: String, CaseIterable {
    case rpc, fanout, start, idle, ttft, streams, follow, backup, history, prompt, send, all
  }

  var command = Command.all
  var peers = false
  var rounds = 9
  var tenth = false
  var json = false
  var help = false
  var daemon: String?
  /// Where the C programs are that sqlite3 is measured with.
  var sources: String?
  var folder = "/tmp"
  /// Where the measured programs run, and where this one does when both must run at once.
  var cpus = (subject: Options.lastCPU, bench: 0)

  struct Problem: Error {
    let sentence: String
  }

  private static let lastCPU = max(0, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) - 1)

  static let usage = """
    Usage: companion-bench COMMAND [OPTION…]

    Measures companiond as its clients meet it: over the socket, in a process of its own.

      rpc       ping: round trip, and throughput with 64 requests under way on one connection
      fanout    one event to 1,000 subscribers: how long until the last has it
      start     from exec, or from the first connection under socket activation, to the first reply
      idle      memory, memory for each of 1,000 idle connections, and wake-ups in 10 idle seconds
      ttft      how much later the first token comes than straight from the same upstream
      streams   500 replies of 50 tokens/s at once, two followers each: lag, loss, processors, memory,
                and what is left of it afterwards
      follow    one reply to 1,000 followers
      backup    50 replies at once while backups are made: lag, beside that without
      history   a page of 50 messages, 5,000 deep, in a vault of 1,000,000: in Store, and over the socket
      prompt    the next request of a chat of 10,000 messages, beside one of 100
      send      lines acknowledged in a second, by one client and by 64
      all       everything

      --peers          measure redis-server, mpd and deltachat-rpc-server beside it, where they are installed
      --rounds N       alternate so many times (default 9; a verdict needs at least 7)
      --tenth          do a tenth of the work in each round, for a quick look
      --json           print one JSON record instead of the table
      --daemon PATH    measure this companiond (default: the one beside this program)
      --sources DIR    build the C programs that sqlite3 is measured with from here (default: contrib/bench of
                       the checkout this program was built in)
      --folder DIR     make temporary folders here (default: TMPDIR, else /tmp)
      --cpus A,B       pin the measured program to processor A and this one to B (default: the last, and 0);
                       a round trip is taken with both on A
      --help           print this and end

    Daemon and peers run on temporary folders and are ended afterwards; a running companiond is not touched.
    history and send are set beside the very same statements through the sqlite3 C library alone; cc builds
    the small programs that do it.
    What is set beside a peer is taken from both with the same bare loop, which sends bytes and counts line ends:
    a client library would do more work for one than for the other. The round trip through companiond's own
    client library is a line of its own.

    Every ratio is the median over the rounds, with the smallest and the largest beside it; "met" says whether
    the median lies within the figure. Every 99th percentile is the median of the rounds' own.

    Exit status: 0 measured, 1 something could not be measured, 64 wrong usage.
    """

  private static let names = [
    "--peers", "--rounds", "--tenth", "--json", "--daemon", "--sources", "--folder", "--cpus", "--help",
  ]

  init(_ arguments: [String]) throws(Problem) {
    if let temporary = unsafe getenv("TMPDIR") { folder = unsafe String(cString: temporary) }
    var rest = arguments[...]
    var commands: [Command] = []
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      let name = parts[0]
      var inline = parts.count == 2 ? parts[1] : nil
      func value() throws(Problem) -> String {
        defer { inline = nil }
        guard let value = inline ?? rest.popFirst() else { throw Problem(sentence: "\(name) needs a value.") }
        return value
      }
      switch name {
      case "--peers": peers = true
      case "--tenth": tenth = true
      case "--json": json = true
      case "--help", "-h": help = true
      case "--daemon": daemon = try value()
      case "--sources": sources = try value()
      case "--folder": folder = try value()
      case "--rounds": rounds = try Self.number(try value(), for: name, in: 1...1000)
      case "--cpus":
        let words = try value().split(separator: ",").map(String.init)
        guard words.count == 2 else { throw Problem(sentence: "--cpus takes two numbers, such as 1,0.") }
        cpus = (
          try Self.number(words[0], for: name, in: 0...4095),
          try Self.number(words[1], for: name, in: 0...4095)
        )
      default:
        if let command = Command(rawValue: argument) {
          commands.append(command)
        } else {
          let known = argument.hasPrefix("-") ? Self.names : Command.allCases.map(\.rawValue)
          let hint = Suggestion.nearest(to: name, in: known).map { " Did you mean \($0)?" } ?? ""
          throw Problem(sentence: "There is no \(argument).\(hint)")
        }
      }
      if inline != nil { throw Problem(sentence: "\(name) takes no value.") }
    }
    if help { return }
    guard commands.count == 1 else {
      throw Problem(sentence: "Say one of \(Command.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    command = commands[0]
  }

  private static func number(
    _ text: String, for name: String, in range: ClosedRange<Int>
  ) throws(Problem) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw Problem(sentence: "\(name) takes numbers from \(range.lowerBound) to \(range.upperBound).")
    }
    return number
  }
}
