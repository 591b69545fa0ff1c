import FoundationEssentials
import Model
import TestSupport
import Testing
import Wire

extension EndToEnd {
  /// What the protocol page shows must be what the daemon takes and gives: every method's example is sent over the socket as
  /// it stands there, only with ids of things that exist.
  @Suite struct ExampleTests {
    @Test func `every method's example is understood, and answered with what the method promises`() throws {
      let daemon = try DaemonFixture(config: "{limits: {messagesPerMinute: 0}}")
      var refused: [String] = []
      // The last one ends the daemon.
      let methods = Catalogue.methods.filter { $0.name != ServerStop.name } + [ServerStop.self]
      let turn = try EndToEnd.spokenTurn(daemon)
      for (number, method) in methods.enumerated() {
        let world = try World(daemon, number, turn: turn)
        let client = try daemon.lines()
        let params = try world.params(method)
        try client.call(method.name, params, id: 77)
        var reply = try client.json()
        while reply["id"] == nil { reply = try client.json() }
        if let code = reply.code {
          refused.append(method.name)
          let declared = method.errors.map { Int64($0.rawValue) }
          #expect(declared.contains(code), "\(method.name) \(params): \(reply)")
        } else {
          let result = try #require(reply.result, "\(method.name): \(reply)")
          #expect(throws: Never.self, "\(method.name): \(result)") { try Self.decode(result, as: method) }
        }
      }
      #expect(try daemon.waitForExit() == .exited(0))
      figure("\(methods.count) examples sent, refused as documented: \(refused)")
      // Those whose examples name what only another call makes: a page's cursor, a call that runs, an upload's end.
      #expect(refused.count * 4 <= methods.count, "\(refused)")
    }

    private static func decode<M: Method>(_ result: JSONValue, as method: M.Type) throws {
      _ = try JSONDecoder().decode(M.Result.self, from: JSONEncoder().encode(result))
    }
  }

  /// A companion whose greeting opens a chat, made anew for each example, since some of them take things away; and one turn that
  /// all share, since a reply takes its time.
  private struct World {
    var ids: [String: String]

    init(_ daemon: DaemonFixture, _ number: Int, turn: String) throws {
      let client = try daemon.lines()
      let persona = #"{"persona":{"name":"Example \#(number)","greetings":["Hello.","Good morning."]}}"#
      let companion = try EndToEnd.made(by: client, CompanionCreate.name, persona)["companion"]?["id"]?.string
      let chat = try EndToEnd.made(
        by: client, ChatCreate.name, #"{"companion":"\#(try #require(companion))"}"#)["chat"]
      let greeting = try #require(chat?["head"]?.string)
      ids = [
        "companion": try #require(companion), "chat": try #require(chat?["id"]?.string), "message": greeting,
        "leaf": greeting, "root": greeting, "turn": turn,
      ]
    }

    func params<M: Method>(_ method: M.Type) throws -> String {
      let example = try JSONDecoder().decode(JSONValue.self, from: Data(JSONText.bytes(M.example.params)))
      guard case .object(var members) = example else { return "{}" }
      for (name, id) in ids where members[name]?.string != nil { members[name] = .string(id) }
      // A revision is the thing's own.
      members["ifRevision"] = nil
      return String(decoding: try JSONEncoder().encode(JSONValue.object(members)), as: UTF8.self)
    }
  }

  private static func made(by client: LineClient, _ method: String, _ params: String) throws -> JSONValue {
    let reply = try client.ask(method, params)
    return try #require(reply.result, "\(method): \(reply)")
  }

  private static func spokenTurn(_ daemon: DaemonFixture) throws -> String {
    let client = try daemon.lines()
    let companion = try EndToEnd.made(by: client, CompanionCreate.name, #"{"persona":{"name":"First"}}"#)[
      "companion"]
    let name = try #require(companion?["id"]?.string)
    let sent = try made(
      by: client, MessageSend.name,
      #"{"companion":"\#(name)","text":"Hello","attach":false,"wait":true}"#)
    return try #require(sent["turn"]?["id"]?.string)
  }
}
