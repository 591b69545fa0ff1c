import Base
import Client
import FoundationEssentials
import Glibc
import Model
import Wire

/// A daemon with a companion and chats to talk in, and an upstream that answers.
struct Conversations {
  let running: Running
  let chats: [ULID]
  /// Which model answers in which chat: a provider has at most 64 places, so there are as many providers as it takes.
  let models: [String]

  /// What is measured are replies, mostly: each is followed by a request of its own only where `readsScenes` says so.
  init(_ bench: Bench, chats count: Int, upstream: Upstream?, readsScenes: Bool = false) throws {
    let providers = (count + 63) / 64
    var config = "{ limits: { messagesPerMinute: 0 }, prompt: { analysis: { every: \(readsScenes ? 1 : 0) } }"
    if let upstream {
      let list = (0..<providers).map {
        "up\($0): { kind: \"openai\", url: \"http://127.0.0.1:\(upstream.port)/v1\", models: [\"m\"], concurrency: 64 }"
      }
      config += ", providers: { \(list.joined(separator: ", ")) }, defaults: { chat: \"up0/m\" }"
    }
    running = try bench.launch(.companiond(bench.daemon.program, config: config + " }"))
    try running.connect().exchange(running.subject.ping(1))
    let client = BlockingClient(
      path: Subject.socket(in: running.folder), options: ClientOptions(name: "companion-bench"))
    let companion = try client.call(
      CompanionCreate.self, CompanionCreate.Params(persona: Persona(name: "Bench"), handle: "bench"))
    // The upstream writes more than any model is asked for.
    var settings = ChatSettings()
    settings.maxTokens = 100_000
    chats = try (0..<count).map { _ in
      try client.call(
        ChatCreate.self, ChatCreate.Params(companion: companion.companion.handle, settings: settings)
      ).chat.id
    }
    models = (0..<count).map { "up\($0 % providers)/m" }
    client.close()
  }

  private init(_ other: Conversations, _ running: Running) {
    self.running = running
    (chats, models) = (other.chats, other.models)
  }

  /// The same chats with another daemon, which has the vault or a copy of it.
  func running(_ daemon: Running) -> Conversations { Conversations(self, daemon) }

  /// After the daemon was stopped.
  func restarted(_ bench: Bench) throws -> Conversations {
    running(try bench.launch(running.subject, in: running.folder))
  }

  /// The same chats in a vault with so many messages, that many of them in each.
  func filled(_ messages: Int, _ bench: Bench) throws -> Conversations {
    running.stop()
    try FilledVault.fill(running.folder + "/data/companion.db", messages: messages)
    return try restarted(bench)
  }

  /// So many followers of each chat.
  func crowd(followers: Int) throws -> Crowd {
    var sockets: [LineSocket] = []
    for chat in chats.indices {
      for _ in 0..<followers {
        let socket = try running.connect()
        try socket.exchange(follow(chat))
        sockets.append(socket)
      }
    }
    return Crowd(sockets.map { dup($0.descriptor) })
  }

  /// A line to every chat, from somebody who does not listen. Returns when all are acknowledged.
  func startAll() throws {
    let sender = try running.connect()
    // No more under way than one connection may have.
    for first in stride(from: 0, to: chats.count, by: 32) {
      let some = first..<min(first + 32, chats.count)
      for chat in some { try sender.send(send(to: chat, number: chat + 1, attach: false)) }
      try sender.receive(lines: some.count)
    }
  }

  /// A line of the person's to one of the chats.
  func send(to index: Int, number: Int, attach: Bool? = nil, respond: Bool? = nil) -> [UInt8] {
    let params = MessageSend.Params(
      chat: chats[index], text: "Line \(number) of a conversation that is measured.",
      model: respond == false ? nil : models[index], respond: respond, attach: attach)
    return MessageLine.request(
      MessageSend.name, id: .number(Int64(number)), params: JSONText.bytes(params))
  }

  func follow(_ index: Int) -> [UInt8] {
    MessageLine.request(
      ChatFollow.name, id: .number(1), params: JSONText.bytes(ChatFollow.Params(chat: chats[index])))
  }
}
