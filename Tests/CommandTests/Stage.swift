import TestSupport

/// The real daemon with a model that says what the test wants, when it wants it.
final class Stage {
  let upstream: ScriptedUpstream
  let daemon: DaemonFixture

  init(readsScenes: Bool = false) throws {
    upstream = ScriptedUpstream()
    daemon = try DaemonFixture(
      config: """
        {
          providers: { home: { kind: "openai", url: "\(upstream.url)/v1", models: ["m"] } },
          defaults: { chat: "home/m" },
          limits: { messagesPerMinute: 0 },
        }
        """, readsScenes: readsScenes)
    let made = try run("new", "Ada", "--greeting", "Come in.")
    guard made.status == 0 else { throw ChildProgram.Failure(description: made.err) }
  }

  deinit { upstream.stop() }

  func run(_ arguments: String..., input: String? = nil) throws -> ChildProgram.Outcome {
    try daemon.companionctl(arguments, input: input)
  }

  func start(_ arguments: String...) throws -> ChildProgram {
    try ChildProgram("companionctl", ["--socket", daemon.socket] + arguments)
  }

  func terminal(_ arguments: String...) throws -> Terminal {
    try Terminal(["--socket", daemon.socket] + arguments)
  }

  /// One on which the program edits lines itself; without colours, which would stand between what is looked for.
  func editingTerminal(_ arguments: String...) throws -> Terminal {
    try Terminal(
      ["--socket", daemon.socket] + arguments, environment: ["TERM": "xterm", "NO_COLOR": "1"])
  }

  /// The next reply fails before its first word.
  func answerWithFailure() { upstream.answer(.whole(400, "{\"error\":{\"message\":\"no such model\"}}")) }

  /// The next reply: these pieces, and between any two of them a wait at the gate that stands there.
  func answer(_ pieces: Piece...) {
    var script: [ScriptedUpstream.Step] = [.head()]
    for piece in pieces {
      switch piece {
      case .text(let text): script.append(.event(Self.delta(text)))
      case .gate(let gate): script.append(.gate(gate))
      }
    }
    upstream.answer(
      script + [
        .event("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}"), .event("[DONE]"),
        .end,
      ])
  }

  enum Piece {
    case text(String)
    case gate(Gate)
  }

  private static func delta(_ text: String) -> String {
    var quoted = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(quoted)\"}}]}"
  }
}

extension String {
  /// Whether it holds anything that a terminal would act upon.
  var hasControls: Bool {
    unicodeScalars.contains { scalar in
      (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7F...0x9F).contains(scalar.value)
    }
  }
}
