/// The command line: options win over files.
struct Options {
  var config: String?
  var socket: String?
  var data: String?
  var logLevel: String?
  var idleExit: Int?
  var system = false
  var checkConfig = false
  var checkBackup: String?
  var version = false
  var help = false

  struct Problem: Error {
    let sentence: String
  }

  static let usage = """
    Usage: companiond [OPTION…]

    Runs AI companions on this machine and serves them on a Unix socket.

      --config FILE        read this configuration file and no other
      --socket PATH        listen here (default: COMPANION_SOCKET, else the user's runtime folder)
      --data DIR           keep everything here (default: ~/.local/share/companion)
      --log-level LEVEL    trace, debug, info, notice, warning, error or fault
      --idle-exit SECONDS  end after this long without anything to do (needs socket activation)
      --system             serve every user the socket lets in, each with a vault of their own
      --check-config       check the configuration, say what is wrong with it, and end
      --check-backup FILE  read all of a backup, say what is wrong with it, and end
      --version            print the version and end
      --help               print this and end

    Exit status: 0 ended in good order, 64 wrong usage, 69 another daemon has the socket or the data,
    70 a fault, 75 the disk is full or does not answer, 78 the configuration or the data cannot be used.

    companionctl(1) talks to it; companiond.json5(5) describes its configuration.
    """

  static let names = [
    "--config", "--socket", "--data", "--log-level", "--idle-exit", "--system", "--check-config",
    "--check-backup", "--version", "--help",
  ]
}
