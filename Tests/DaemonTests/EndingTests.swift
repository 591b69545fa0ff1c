import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// SIGTERM and server.stop: what runs is finished, everybody is told, nobody can hold it up.
  @Suite struct EndingTests {
    @Test(.enabled(if: tool("strace") != nil, "strace makes the disk slow"))
    func `a running call ends with its result, listeners hear of the end, new calls come back later`() throws
    {
      let folder = try TemporaryFolder()
      let strace = try #require(tool("strace"))
      let daemon = try DaemonFixture(
        in: folder,
        wrapper: [
          strace, "-D", "-f", "-o", folder.file("trace"), "-e", "trace=fdatasync",
          "--inject=fdatasync:delay_enter=400000",
        ])
      let listener = try daemon.lines()
      _ = try listener.ask("events.subscribe", #"{"topics":["server"]}"#)
      let writer = try daemon.lines()
      try writer.call("settings.set", #"{"reuse":true}"#, id: 1)
      // Lines of a connection are taken in order, so the call before this answer has begun.
      try writer.call("ping", id: 2)
      #expect(try writer.json()["id"] == 2)
      daemon.send(signal: SIGTERM)
      let event = try listener.notification("event")
      #expect(event["topic"] == "server.stopping")
      try writer.call("settings.get", id: 3)
      let late = try writer.json()
      #expect(late["id"] == 3 && late.code == 10 && late.reason == "stopping", "\(late)")
      #expect(try writer.json()["result"]?["settings"]?["reuse"] == true)
      for client in [listener, writer] {
        let closing = try client.notification("server.closing")
        #expect(closing["reason"] == "stopping")
        try client.waitForEnd()
      }
      #expect(!exists(daemon.socket))
      #expect(try daemon.waitForExit() == .exited(0))
    }

    @Test func `a client that never reads does not hold it up`() throws {
      let daemon = try DaemonFixture()
      let sleeper = try daemon.lines()
      for id in 1...200 { try sleeper.call("rpc.discover", id: id) }
      #expect(try daemon.lines().ask("ping").result == .object([:]))
      let begin = ContinuousClock.now
      daemon.send(signal: SIGTERM)
      #expect(try daemon.waitForExit() == .exited(0))
      let time = (ContinuousClock.now - begin).milliseconds
      figure("end with a client that never reads: \(time.rounded(to: 1)) ms")
      #expect(time < 3000)
    }

    @Test func `server.stop answers, says goodbye and ends in good order`() throws {
      let daemon = try DaemonFixture()
      let client = try daemon.lines()
      #expect(try client.ask("server.stop", #"{"graceMs":60001}"#).reason == "invalid_params")
      #expect(try client.ask("server.stop", #"{"graceMs":0}"#).result == .object([:]))
      #expect(try client.notification("server.closing")["reason"] == "stopping")
      try client.waitForEnd()
      #expect(try daemon.waitForExit() == .exited(0))
      #expect(!exists(daemon.data + "/companion.db-wal"))
    }

    @Test(.enabled(if: tool("strace") != nil && isRoot, "strace makes the disk fail"), arguments: [1, 2])
    func `a reply that no disk takes does not keep it, and who asks twice waits for nothing`(
      signals: Int
    ) throws {
      let talk = try Conversation()
      talk.upstream.answer([.head(), .piece("Once upon"), .untilPeerCloses(Occurrence())])
      let client = try talk.daemon.lines()
      let sent = try client.ask("message.send", talk.line("A story!")).result
      let (turn, reply) = (try #require(sent?["turn"]?["id"]?.string), try #require(sent?["replyId"]?.string))
      while try talk.stored(reply) == nil { usleep(10_000) }
      let strace = try ChildProgram(
        try #require(tool("strace")),
        [
          "-f", "-p", "\(try #require(talk.daemon.pid))", "-o", "/dev/null", "-e", "trace=fdatasync",
          "-e", "inject=fdatasync:error=EIO",
        ])
      try strace.wait { _, error in error.contains("attached") }
      let begin = ContinuousClock.now
      daemonIsAsked(talk, signals)
      #expect(try talk.daemon.waitForExit(within: .seconds(12)) == .exited(0))
      let time = (ContinuousClock.now - begin).milliseconds
      figure("end with a reply that cannot be stored, asked \(signals) times: \(time.rounded(to: 0)) ms")
      #expect(signals == 1 ? time > 900 && time < 8000 : time < 2500)
      try talk.daemon.start()
      let found = try talk.daemon.lines().ask("turn.get", "{\"turn\":\"\(turn)\"}").result?["turn"]
      #expect(found?["finish"] == "interrupted", "\(String(describing: found))")
      #expect(try talk.stored(reply)?.text == "Once upon")
    }

    private func daemonIsAsked(_ talk: Conversation, _ times: Int) {
      for _ in 1...times {
        talk.daemon.send(signal: SIGTERM)
        // Two that are not read yet are one.
        usleep(300_000)
      }
    }

    @Test func `a hundred pipelined writes that were read before the end are all answered`() throws {
      let daemon = try DaemonFixture()
      let client = try daemon.lines()
      var written = 0
      for id in 1...100 { try client.call("settings.set", "{\"user\":{\"name\":\"\(id)\"}}", id: id) }
      daemon.send(signal: SIGTERM)
      var last: String?
      while let message = try? client.json(), message["method"]?.string != "server.closing" {
        if let name = message.result?["settings"]?["user"]?["name"]?.string {
          last = name
          written += 1
        } else if message["id"] != nil {
          #expect(message.reason == "stopping", "\(message)")
        }
      }
      #expect(try daemon.waitForExit() == .exited(0))
      try daemon.start()
      let settings = try daemon.lines().ask("settings.get").result?["settings"]
      #expect(settings?["user"]?["name"]?.string == last, "after \(written) written")
    }
  }
}
