import Model
import TestSupport
import Testing

extension EndToEnd {
  /// What changes a chat's tree while a reply streams into it, over the real socket.
  @Suite struct GuardedTreeTests {
    @Test func `restoring and deleting wait for nobody: they name the turn that generates`() throws {
      let talk = try Conversation()
      let gate = Gate()
      talk.upstream.answer(.reply(["One."]))
      talk.upstream.answer([.head(), .piece("Two"), .gate(gate), .piece(".")] + .finish())
      let client = try talk.daemon.lines()
      let first = try client.ask("message.send", talk.line("Once?", ",\"wait\":true,\"attach\":false")).result
      let reply = try #require(first?["reply"]?["id"]?.string)
      let entry = try #require(
        try client.ask("message.delete", "{\"message\":\"\(reply)\"}").result?["entry"]?.string)
      let sent = try client.ask("message.send", talk.line("Twice?", ",\"attach\":false")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      let restore = "{\"trash\":\"\(entry)\"}"
      let remove = "{\"companion\":\"mira\"}"
      for (method, params) in [("trash.restore", restore), ("companion.delete", remove)] {
        let refused = try client.ask(method, params)
        #expect(refused.code == 3 && refused.reason == "busy", "\(method)")
        #expect(refused["error"]?["data"]?["turn"]?.string == turn, "\(method)")
      }
      gate.open()
      _ = try client.ask("turn.wait", "{\"turn\":\"\(turn)\"}")
      #expect(try client.ask("trash.restore", restore).result?["trash"] != nil)
      #expect(try talk.stored(reply)?.text == "One.")
      #expect(try client.ask("companion.delete", remove).result?["trash"] != nil)
    }
  }
}
