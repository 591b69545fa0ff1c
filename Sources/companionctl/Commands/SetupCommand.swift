import Base
import Client
import FoundationEssentials
import Glibc
import Model
import Wire

extension Commands {
  static let setup = CommandSpec(
    name: "setup",
    summary: "Find model servers on this machine and write a configuration",
    options: [OptionSpec("--print", nil, "only show what would be written")],
    discussion: """
      Looks for llama.cpp, Ollama and others on loopback. The file is for your eyes only, is never written over \
      another, and the daemon is told to read it. Servers elsewhere and their keys are added by hand.
      """,
    examples: [.init("companionctl setup", "After a model server was started.")]
  ) { invocation in
    let client = invocation.client()
    let found = try client.call(ProviderProbe.self, timeout: Invocation.patience).found
    let usable = found.filter { !$0.models.isEmpty }
    if invocation.json {
      try invocation.print(["found": found])
      return .done
    }
    for server in found {
      let count = Amounts.count(server.models.count, "model")
      invocation.out.line(
        "\(server.kind.escaped) at \(server.url.escaped): \(count), \(Amounts.fixed(server.latencyMs, 1)) ms")
    }
    guard !usable.isEmpty else {
      invocation.out.line(
        """
        No model server with a model answers on this machine. The built-in offline companion does; for more, start \
        llama.cpp or Ollama and say this again, or name a server elsewhere in the configuration: man companiond.json5
        """)
      return .done
    }
    let text = SetupText.configuration(usable)
    if invocation.has("--print") {
      invocation.out.foreign(text)
      return .done
    }
    let path = try place(client)
    guard try write(text, to: path) else {
      invocation.err.line(
        "companionctl: \(path.escaped) is there already and stays as it is. It may want this:")
      invocation.err.foreign(text)
      return .refused
    }
    let reloaded = try client.call(ConfigReload.self, timeout: Invocation.patience)
    invocation.out.line("\(path.escaped) is written\(reloaded.applied ? " and in force" : "").")
    return reloaded.applied ? .done : .refused
  }

  /// The last of the files that this daemon reads by itself: a person's own stands behind the system's.
  private static func place(_ client: BlockingClient) throws -> String {
    let sources = try client.call(ConfigShow.self, timeout: Invocation.patience).sources
    guard let file = sources.last(where: { $0.kind == .file && $0.name.hasSuffix(".json5") }) else {
      throw Missing(description: "The daemon reads no configuration file that could be written.")
    }
    return file.name
  }

  /// False when there is one. Nobody else can read it, from its first byte on.
  private static func write(_ text: String, to path: String) throws -> Bool {
    let folder = path.split(separator: "/").dropLast().reduce(into: [String]()) { folders, name in
      folders.append((folders.last ?? "") + "/" + name)
    }
    for name in folder { unsafe mkdir(name, 0o700) }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { return false }
      throw Missing(description: "\(path) cannot be written (error \(errno)).")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      unsafe unlink(path)
      throw Missing(description: "\(path) cannot be written (error \(errno)).")
    }
    return true
  }
}

/// What `setup` writes: the servers by names of their own, and the first one's first model for everything.
enum SetupText {
  static func configuration(_ found: [ProviderProbe.Found]) -> String {
    var names: [String] = []
    var lines: [String] = []
    for server in found {
      let count = names.count { $0 == server.kind || $0.hasPrefix("\(server.kind)-") }
      names.append(count == 0 ? server.kind : "\(server.kind)-\(count + 1)")
      let name = names[names.count - 1]
      lines.append("    \(quoted(name)): { kind: \(quoted(server.kind)), url: \(quoted(server.url)) },")
    }
    let standard = "\(names[0])/\(found[0].models[0])"
    return """
      // Written by companionctl setup. All there is to say: man companiond.json5
      {
        providers: {
      \(lines.joined(separator: "\n"))
        },
        defaults: { chat: \(quoted(standard)) },
      }

      """
  }

  /// A server's words are quoted as JSON, so that none of them can be more than a word.
  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    JSONText.append(text, quotedTo: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
