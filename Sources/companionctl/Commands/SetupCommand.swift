import Base
import Client
import Config
import FoundationEssentials
import Glibc
import Model
import Wire

extension Commands {
  static let setup = CommandSpec(
    name: "setup",
    summary: "Find model servers on this machine and write a configuration",
    options: [
      OptionSpec("--model", "NAME", "which of the models found is to answer; the first when absent"),
      OptionSpec("--print", nil, "only show what would be written"),
    ],
    discussion: """
      Looks for llama.cpp, Ollama and others on loopback, and asks at a terminal which model is to answer. The file is for your \
      eyes only, is never written over another, and the daemon is told to read it. Servers elsewhere and their keys are added \
      by hand; see companiond.json5(5).
      """,
    examples: [
      .init("companionctl setup", "After a model server was started."),
      .init("companionctl setup --print > companiond.json5", "To go on from by hand."),
    ]
  ) { invocation in
    let client = invocation.client()
    let reply = try client.call(CallRequest(ProviderProbe.self, Empty()), timeout: Invocation.patience)
    let found = try reply.decoded(as: ProviderProbe.self).found
    let servers = FoundServer.named(found)
    let models = servers.flatMap { server in server.models.map { (server, $0) } }
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    show(found, servers, invocation)
    guard !models.isEmpty else {
      invocation.err.line(
        """
        No server with a model to talk with answers on this machine. The built-in offline companion does; for more,
        start llama.cpp or Ollama and say this again, or name a server elsewhere: man companiond.json5
        """)
      return .refused
    }
    guard let standard = try choose(models.map { "\($0.0.name)/\($0.1)" }, invocation) else {
      return .refused
    }
    let text = SetupText.configuration(servers, standard: standard)
    if invocation.has("--print") {
      invocation.out.foreign(text)
      return .done
    }
    return try put(text, standard, client, invocation)
  }

  /// What was found, for a person; what is asked for is written to stdout alone.
  private static func show(
    _ found: [ProviderProbe.Found], _ servers: [FoundServer], _ invocation: Invocation
  ) {
    let out = invocation.has("--print") ? invocation.err : invocation.out
    var table = Table()
    for server in found {
      let name = servers.first { $0.url == server.url }?.name ?? server.kind
      let models = server.models.isEmpty ? "no model" : server.models.joined(separator: ", ")
      table.row("\(name.escaped)", "\(server.url.escaped)", .yielding(models.escaped))
    }
    if !table.isEmpty { out.table(table) }
  }

  /// nil when the person would rather not. Without a terminal, or with only one to choose from, the first is it.
  private static func choose(_ names: [String], _ invocation: Invocation) throws -> String? {
    if let wanted = invocation.value("--model") {
      if let name = names.first(where: { $0 == wanted || $0.hasSuffix("/" + wanted) }) { return name }
      let hint = Suggestion.nearest(to: wanted, in: names).map { " Did you mean \($0)?" } ?? ""
      throw UsageError("\(wanted.escaped) was not found.\(hint)", seeHelpOf: invocation.line.names)
    }
    let err = invocation.err
    guard names.count > 1, isatty(0) == 1, err.isTerminal else { return names[0] }
    for (index, name) in names.enumerated() {
      err.line("\(index + 1 < 10 ? " " : "")\(index + 1)  \(name.escaped)")
    }
    while true {
      err.write(Array("Which one is to answer? [1] ".utf8))
      guard let answer = readLine()?.trimmed else {
        err.line("\nNothing was written.")
        return nil
      }
      if answer.isEmpty { return names[0] }
      if let number = Int(answer), names.indices.contains(number - 1) { return names[number - 1] }
      if names.contains(answer) { return answer }
      err.line("A number from 1 to \(names.count), please; Ctrl-D leaves.")
    }
  }

  private static func put(
    _ text: String, _ standard: String, _ client: BlockingClient, _ invocation: Invocation
  ) throws -> ExitCode {
    let path = try place(client, invocation)
    guard try write(text, to: path) else {
      invocation.err.line(
        "companionctl: \(path.escaped) is there already and stays as it is. It may want what --print shows.")
      return .refused
    }
    let reloaded = try client.call(ConfigReload.self, timeout: Invocation.patience)
    guard reloaded.applied else {
      invocation.err.line("companionctl: \(path.escaped) is written, but the daemon does not take it:")
      for problem in reloaded.problems ?? [] { invocation.err.line("  \(problem.message.escaped)") }
      return .refused
    }
    invocation.out.line("\(path.escaped) is written and in force.")
    invocation.out.line("Try it with: companionctl models test \(standard.escaped)")
    return .done
  }

  /// The file that this daemon reads by itself and that is its own: a person's, or for a daemon of all the system's.
  private static func place(_ client: BlockingClient, _ invocation: Invocation) throws -> String {
    let mode = try client.call(Status.self, timeout: Invocation.patience).mode
    let loader = ConfigurationLoader(
      environment: invocation.environment, systemWide: mode == .system, home: invocation.environment["HOME"])
    guard let folder = mode == .system ? loader.systemFolder : loader.userFolder else {
      throw Missing(description: "There is no home to write a configuration into.")
    }
    // One that was started with --config reads that file and no other.
    let read = try client.call(ConfigShow.self, timeout: Invocation.patience).sources
      .filter { $0.kind == .file && $0.found }.map(\.name)
    if let other = read.first(where: {
      !$0.hasPrefix(folder + "/") && !$0.hasPrefix(loader.systemFolder + "/")
    }) {
      throw Missing(
        description:
          "The daemon reads \(other.escaped), which stays as it is. It may want what --print shows.")
    }
    return folder + "/companiond.json5"
  }

  /// False when there is one. Nobody else can read it, from its first byte on.
  private static func write(_ text: String, to path: String) throws -> Bool {
    var folder = ""
    for name in path.split(separator: "/").dropLast() {
      folder += "/" + name
      _ = unsafe mkdir(folder, 0o700)
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      if errno == EEXIST { return false }
      throw failure(path)
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      let error = failure(path)
      unsafe unlink(path)
      throw error
    }
    return true
  }

  private static func failure(_ path: String) -> Missing {
    Missing(description: "\(path.escaped) cannot be written: \(unsafe String(cString: strerror(errno))).")
  }
}

/// A server that answers and has models to talk with, by the name it gets in the configuration.
struct FoundServer {
  let name: String
  let kind: String
  let url: String
  let models: [String]

  static func named(_ found: [ProviderProbe.Found]) -> [FoundServer] {
    var servers: [FoundServer] = []
    for server in found {
      guard ProviderKind(rawValue: server.kind)?.writesText == true, !server.models.isEmpty else { continue }
      let count = servers.count { $0.kind == server.kind }
      let name = count == 0 ? server.kind : "\(server.kind)-\(count + 1)"
      servers.append(FoundServer(name: name, kind: server.kind, url: server.url, models: server.models))
    }
    return servers
  }
}

/// What `setup` writes: the servers by names of their own, and which model answers.
enum SetupText {
  static func configuration(_ servers: [FoundServer], standard: String) -> String {
    let lines = servers.map { server in
      "    \(quoted(server.name)): { kind: \(quoted(server.kind)), url: \(quoted(server.url)) },"
    }
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
