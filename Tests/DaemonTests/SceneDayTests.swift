import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// A whole day with a companion, through the socket.
  @Suite(.timeLimit(.minutes(3))) struct SceneDayTests {
    /// What the client hears about the branch's scene.
    private func scene(_ client: LineClient, _ talk: Conversation) throws -> SceneDay.Scene {
      let told = try client.ask("state.get", "{\"chat\":\"\(talk.chat)\"}").result
      return SceneDay.Scene(
        location: told?["state"]?["location"]?.string, action: told?["state"]?["action"]?.string,
        visible: (told?["visible"]?.array ?? []).compactMap(\.string))
    }

    /// Its inside, since the scripted server puts pieces between quotes as they are.
    private func escaped(_ text: String) throws -> String {
      String(decoding: try JSONEncoder().encode(text).dropFirst().dropLast(), as: UTF8.self)
    }

    @Test func `forty turns on three branches, and each branch comes back with its scene`() throws {
      let day = try SceneDay.read()
      let persona = String(decoding: try JSONEncoder().encode(day.companion), as: UTF8.self)
      let talk = try Conversation(persona: persona, readsScenes: true)
      let client = try talk.daemon.lines()
      var replies: [String: String] = [:]
      var wrong = 0
      for turn in day.turns {
        let (reply, analysis) = (try escaped(turn.reply), try escaped(turn.analysis))
        talk.upstream.otherwise { request in
          let isAnalysis = String(decoding: request.body, as: UTF8.self).contains("response_format")
          return .reply([isAnalysis ? analysis : reply])
        }
        let leaf = try turn.parent.map { ",\"leaf\":\"\(try #require(replies[$0]))\"" } ?? ""
        let sent = try client.ask(
          "message.send", talk.line(try escaped(turn.user), leaf + #","attach":false"#)
        ).result
        let number = try #require(sent?["turn"]?["id"]?.string)
        let done = try client.ask("turn.wait", "{\"turn\":\"\(number)\",\"until\":\"done\"}").result
        #expect(done?["reply"]?.text == turn.reply, "\(turn.id)")
        replies[turn.id] = try #require(done?["reply"]?["id"]?.string)
        let seen = try scene(client, talk)
        if seen != turn.scene { wrong += 1 }
        #expect(seen == turn.scene, "\(turn.id)")
      }
      // Not in the order in which they were made, and after a kill.
      try talk.daemon.kill()
      try talk.daemon.start()
      let again = try talk.daemon.lines()
      for turn in day.turns.reversed() {
        let leaf = try #require(replies[turn.id])
        _ = try again.ask("chat.select", "{\"chat\":\"\(talk.chat)\",\"leaf\":\"\(leaf)\"}").result
        let seen = try scene(again, talk)
        if seen != turn.scene { wrong += 1 }
        #expect(seen == turn.scene, "back at \(turn.id)")
      }
      figure(
        "scene day: \(day.turns.count) turns, \(talk.upstream.requests.count) requests, "
          + "\(2 * day.turns.count - wrong) of \(2 * day.turns.count) scenes as written")
    }
  }
}
