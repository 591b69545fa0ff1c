import TestSupport
import Testing

/// What is decided before any daemon is asked.
@Suite struct CommandLineTests {
  let harness: CommandHarness

  init() throws { harness = try CommandHarness() }

  @Test func `the program's own help is this text`() throws {
    let outcome = try harness.run("--help")
    #expect(outcome.status == 0)
    #expect(outcome.err == "")
    #expect(
      outcome.out == """
        Usage: companionctl COMMAND …

        Talk to the companion daemon.

        Sends calls to companiond and prints the answers for people, or with --json
        for programs. Where systemd holds the socket, calling is enough to start the
        daemon.

        Commands:
          companions  List and look after your companions
          new         Make a companion
          generate    Have a model make a companion out of a sentence
          enhance     Have a model propose better words for a companion's card
          import      Bring in a character card or a chat
          export      Write a companion as a card, or a chat as a file
          chat        Talk with a companion, line by line
          chats       List and look after your chats
          title       Have a model give a chat its title
          send        Say something and print the reply as it is written
          history     Print what was said, the oldest first
          messages    Look at single messages and change them
          tree        Draw a chat with all its branches
          search      Find what was said, in any branch
          scene       What a companion wears, where it is and what it does
          prompt      Show what the model would be told next
          follow      Print a conversation live, until interrupted
          cancel      Stop the reply that is being written; what is there stays
          images      Look at and look after pictures
          imagine     Make pictures from words
          illustrate  Make a picture of what a reply tells
          portrait    Make a companion's portrait
          edit        Change a picture by words
          again       Make a picture once more
          jobs        Pictures that are being made
          trash       List what was deleted, bring it back, or remove it for good
          models      The models your companions may speak with
          setup       Find model servers on this machine and write a configuration
          settings    Show or change your settings
          usage       What replies have cost, in tokens
          backup      Make, list, check and restore backups
          status      What the daemon is, where its files are, and what it is doing
          ping        Ask for a sign of life, and say how long it took
          health      Whether all is well, part by part
          watch       Print events as they happen, until interrupted
          call        Call any method and print its result
          discover    List every method, or explain one
          config      Show, check or reload the daemon's configuration
          log         Show or change how much the daemon logs
          metrics     The daemon's measurements as OpenMetrics text
          stop        End the daemon in good order; data stays
          help        Explain a command
          version     The version of this program

        Everywhere:
          --socket PATH  the daemon's socket; else COMPANION_SOCKET, else this user's
                         own
          --json         results as JSON, one text a line; errors as JSON on stderr
          --help         say what there is; behind a command, what that command takes

        Examples:
          companionctl new Ada
              Make a companion.
          companionctl chat ada
              Talk with them.
          companionctl status
              What is going on.
          companionctl settings user Kim
              Tell your companions who you are.
          companionctl --json call settings.get | jq .settings
              Any method, from a script.

        Exit status: 0 done, 1 the daemon said no, 2 a command line that makes no sense,
        3 no daemon could be reached, 130 interrupted.

        """)
  }

  @Test func `a command's help is this text`() throws {
    let outcome = try harness.run("ping", "--help")
    #expect(
      outcome.out == """
        Usage: companionctl ping [--count N] [--interval SECONDS]

        Ask for a sign of life, and say how long it took.

        Connecting and greeting come before the first measurement and are not part of
        it.

        Options:
          --count N           how many times; 1 when absent
          --interval SECONDS  the pause between two; 1 when absent

        Everywhere:
          --socket PATH  the daemon's socket; else COMPANION_SOCKET, else this user's
                         own
          --json         results as JSON, one text a line; errors as JSON on stderr
          --help         say what there is; behind a command, what that command takes

        Examples:
          companionctl ping
              Is it there?
          companionctl ping --count 100 --interval 0
              A hundred round trips, one after the other.

        """)
  }

  static let commands = [
    "companions", "new", "chat", "chats", "send", "history", "tree", "follow", "cancel", "models",
    "models test", "setup", "companions list", "companions show", "companions edit", "companions publish",
    "companions versions", "companions archive", "companions delete", "chats list", "chats show",
    "chats rename", "chats set", "chats unset", "chats pin", "chats read", "chats archive", "chats delete",
    "messages", "messages show", "messages edit", "messages regenerate", "messages continue",
    "messages switch", "messages mark", "messages hide", "messages add", "messages delete", "search",
    "trash", "trash list", "trash restore", "trash purge", "trash empty", "usage", "backup", "backup list",
    "backup create", "backup verify", "backup restore",
    "status", "ping", "health", "settings", "settings show", "settings set", "settings unset",
    "settings user",
    "watch", "call", "discover", "config", "config show", "config check", "config reload", "log", "metrics",
    "stop", "help", "version",
  ]

  @Test(arguments: commands)
  func `every command explains itself within 80 columns`(command: String) throws {
    let words = command.split(separator: " ").map(String.init)
    let help = try harness.start(words + ["--help"]).outcome()
    #expect(help.status == 0)
    #expect(help.out.hasPrefix("Usage: companionctl \(command)"))
    for line in help.out.split(separator: "\n")
    where !line.hasPrefix("  companionctl") && !line.hasPrefix("Usage") {
      #expect(line.count <= 80, "\(line)")
    }
    let asked = try harness.start(["help"] + words).outcome()
    #expect(asked.out == help.out)
    let short = try harness.start(["-h"] + words).outcome()
    #expect(short.out == help.out)
  }

  @Test func `no command is a usage error with the help`() throws {
    let outcome = try harness.run()
    #expect(outcome.status == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.hasPrefix("Usage: companionctl COMMAND"))
  }

  @Test(arguments: [
    ("pign", "There is no command pign. Did you mean ping?", "companionctl"),
    ("zzzzzzzz", "There is no command zzzzzzzz.", "companionctl"),
    ("config shwo", "There is no command config shwo. Did you mean show?", "companionctl config"),
    ("ping --cuont 3", "There is no option --cuont. Did you mean --count?", "companionctl ping"),
    ("--jsno status", "There is no option --jsno. Did you mean --json?", "companionctl"),
    ("ping --count", "--count needs a value.", "companionctl ping"),
    ("ping --count=0", "--count takes a whole number from 1 to 1000000.", "companionctl ping"),
    ("ping --count 1000001", "--count takes a whole number from 1 to 1000000.", "companionctl ping"),
    ("ping --count 1.5", "--count takes a whole number from 1 to 1000000.", "companionctl ping"),
    ("ping --interval nan", "--interval takes a number from 0 to 3600.", "companionctl ping"),
    ("ping --interval -1", "--interval takes a number from 0 to 3600.", "companionctl ping"),
    ("status --json=yes", "--json takes no value.", "companionctl status"),
    ("status now", "now is one word too many for status.", "companionctl status"),
    ("call", "call needs METHOD ['{json}'|-].", "companionctl call"),
    ("log loud", "loud is no level;", "companionctl log"),
    ("log debgu", "Did you mean debug?", "companionctl log"),
    ("settings set reuse", "settings set needs NAME VALUE …", "companionctl settings set"),
    ("settings set reuse true user.name", "user.name has no value", "companionctl settings set"),
    (
      "settings set resue true", "There is no setting resue. Did you mean reuse?", "companionctl settings set"
    ),
    ("settings set reuse maybe", "reuse takes true or false, not maybe.", "companionctl settings set"),
    ("settings set defaults.maxTokens 1.5", "takes a whole number", "companionctl settings set"),
    ("settings set defaults.illustrate often", "takes off|onRequest|everyReply", "companionctl settings set"),
    ("settings unset defaults.samplign", "Did you mean defaults.sampling?", "companionctl settings unset"),
    ("chats delte x", "There is no command chats delte. Did you mean delete?", "companionctl chats"),
    ("messages eidt x", "There is no command messages eidt. Did you mean edit?", "companionctl messages"),
    ("companions ada quill", "quill is one word too many for companions.", "companionctl companions"),
    ("companions edit ada", "There is nothing to change", "companionctl companions edit"),
    ("chats set ada note.txet Night", "Did you mean note.text?", "companionctl chats set"),
    ("chats set ada note.text Night reuse", "reuse has no value", "companionctl chats set"),
    ("chats unset ada samplign", "Did you mean sampling?", "companionctl chats unset"),
    ("chats pin ada second", "VERSION is a number or draft, not second.", "companionctl chats pin"),
    ("messages show last", "last is not the id of a message", "companionctl messages show"),
    ("messages add ada narator Night", "Did you mean narrator?", "companionctl messages add"),
    (
      "messages delete 01KAJ6B4T2RWFZMVM7Q3W9G9A1 --lift --all-below", "exclude each other",
      "companionctl messages delete"
    ),
    ("search", "search needs WORD …", "companionctl search"),
    ("search --limit 0 x", "--limit takes a whole number from 1 to 10000.", "companionctl search"),
    ("trash restore x", "x is not the id of an entry of the trash", "companionctl trash restore"),
    ("trash empty", "--yes says that you mean it.", "companionctl trash empty"),
    ("trash purge 01KAJ6B4T2RWFZMVM7Q3W9G9A1", "--yes says that you mean it.", "companionctl trash purge"),
    (
      "usage --by moddel", "--by takes model, chat, day, purpose, not moddel. Did you mean model?",
      "companionctl usage"
    ),
    ("usage --since tomorrow", "--since takes a day such as 2026-11-01", "companionctl usage"),
    ("usage --since 0d", "--since takes a day such as 2026-11-01", "companionctl usage"),
    ("help pign", "There is no command pign. Did you mean ping?", "companionctl"),
  ])
  func `a line that makes no sense is explained`(line: String, says: String, help: String) throws {
    let outcome = try harness.start(line.split(separator: " ").map(String.init)).outcome()
    #expect(outcome.status == 2)
    #expect(outcome.out == "")
    #expect(outcome.err.contains(says), "\(outcome.err)")
    #expect(outcome.err.hasSuffix("\nSee \(help) --help\n"), "\(outcome.err)")
  }

  @Test func `words that look like options are words behind two dashes`() throws {
    let daemon = try harness.daemon(answering: "--odd", "{}")
    let outcome = try harness.run("call", "--", "--odd")
    #expect(outcome.status == 0)
    try daemon.check()
  }

  @Test func `a control character in the command line does not reach the terminal`() throws {
    let outcome = try harness.run("\u{1B}[2J")
    #expect(outcome.status == 2)
    #expect(!outcome.err.utf8.contains(0x1B))
    #expect(outcome.err.contains("\\u{1B}[2J"))
  }

  @Test func `no daemon is exit status 3, with the path and what to do`() throws {
    let outcome = try harness.run("status")
    #expect(outcome.status == 3)
    #expect(
      outcome.err == """
        companionctl: There is no daemon at \(harness.path).
          Start it with: systemctl --user start companiond.socket (or run companiond); another place is named with \
        --socket or COMPANION_SOCKET.

        """)
    let other = try harness.run("--socket", "/nowhere/s", "--json", "status")
    #expect(other.status == 3)
    #expect(other.err.hasPrefix("{\"data\":{\"reason\":\"unreachable\",\"retryable\":true},\"message\":"))
    #expect(other.err.contains("/nowhere/s"))
  }

  @Test func `tells its version`() throws {
    #expect(try harness.run("--version").out.hasPrefix("companionctl "))
    #expect(try harness.run("version", "--json").out.hasPrefix("{\"name\":\"companionctl\",\"version\":\""))
  }

  @Test func `checks a configuration without a daemon`() throws {
    try harness.folder.write("{ log: { level: \"debug\" } }", to: "good.json5")
    let good = try harness.run("config", "check", harness.folder.file("good.json5"))
    #expect(good.status == 0)
    #expect(good.out == "\(harness.folder.file("good.json5")) is good\n")
    try harness.folder.write("{\n  log: { levle: \"debug\" } }", to: "bad.json5")
    let bad = try harness.run("config", "check", harness.folder.file("bad.json5"))
    #expect(bad.status == 1)
    #expect(bad.out == "")
    #expect(bad.err.contains("bad.json5:2:10: "))
    #expect(bad.err.contains("did you mean \"level\"?"))
  }
}
