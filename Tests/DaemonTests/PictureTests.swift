import Base
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

extension EndToEnd {
  /// Pictures from the socket to the file and back, by the provider that is always there.
  @Suite struct PictureTests {
    private func ask(_ talk: Conversation, _ method: String, _ params: String = "{}") throws -> JSONValue {
      try talk.daemon.lines().ask(method, params)
    }

    /// A job as it is when it is over.
    private func over(_ talk: Conversation, _ job: JSONValue?) throws -> JSONValue {
      let id = try #require(job?["id"]?.string)
      while true {
        let now = try #require(try ask(talk, "job.get", "{\"job\":\"\(id)\"}").result?["job"])
        if now["state"] != "queued", now["state"] != "running" { return now }
        usleep(5000)
      }
    }

    @Test func `a chat that illustrates every reply gets a labelled stand-in after each, without any server`()
      throws
    {
      let talk = try Conversation(settings: #"{"illustrate":"everyReply"}"#)
      talk.upstream.otherwise { _ in .reply(["Yes."]) }
      let watcher = try talk.daemon.lines()
      _ = try watcher.ask("events.subscribe", #"{"topics":["image","job","turn"]}"#)
      let sent = try ask(talk, "message.send", talk.line("Good evening.")).result
      let turn = try #require(sent?["turn"]?["id"]?.string)
      var topics: [String] = []
      var image: JSONValue?
      while topics.last != "turn.ended" {
        let event = try watcher.notification("event")
        let topic = try #require(event["topic"]?.string)
        topics.append(topic)
        if topic == "image.created" { image = event["data"]?["image"] }
        if topic == "turn.ended" { #expect(event["data"]?["turn"]?["id"]?.string == turn) }
      }
      #expect(topics.contains("job.created") && topics.contains("job.ended"))
      let reply = try #require(try talk.history().last)
      #expect(reply["images"] == [image?["id"] ?? .null] && image?["message"] == reply["id"])
      #expect(image?["placeholder"] == true && image?["provider"] == "offline" && image?["kind"] == "scene")
      // The caller is the daemon's own user.
      let path = try #require(image?["path"]?.string)
      let bytes = try #require(FileManager.default.contents(atPath: path))
      #expect(bytes.prefix(2) == Data([0xFF, 0xD8]) && Int64(bytes.count) == image?["bytes"]?.integer)
      let id = try #require(image?["id"]?.string)
      let data = try ask(talk, "image.data", "{\"image\":\"\(id)\"}").result
      #expect(data?["data"]?.string.flatMap { Data(base64Encoded: $0) } == bytes)
      let thumb = try ask(talk, "image.data", "{\"image\":\"\(id)\",\"thumb\":true}").result
      let small = try #require(thumb?["data"]?.string.flatMap { Data(base64Encoded: $0) })
      #expect(small.count < bytes.count && small.prefix(2) == Data([0xFF, 0xD8]))
      // What was drawn is what a preview tells.
      let preview = try ask(talk, "prompt.preview", "{\"chat\":\"\(talk.chat)\",\"picture\":true}").result
      #expect(preview?["request"]?["prompt"] == image?["prompt"])
    }

    @Test func `a picture asked for twice by one key is made once, also over a restart`() throws {
      let talk = try Conversation()
      let wish = #"{"prompt":"a harbour","width":256,"height":256,"provider":"offline","key":"k-1"}"#
      let first = try ask(talk, "image.imagine", wish).result?["jobs"]?.array?.first
      _ = try over(talk, first)
      try talk.daemon.restart(gracefully: false)
      let second = try ask(talk, "image.imagine", wish).result
      #expect(second?["replayed"] == true && second?["jobs"]?.array?.first?["id"] == first?["id"])
      #expect(try ask(talk, "job.list").result?["jobs"]?.array?.count == 1)
      #expect(try ask(talk, "image.list").result?["images"]?.array?.count == 1)
      let other = try ask(talk, "image.imagine", wish.replacing("harbour", with: "pier"))
      #expect(other.code == 2)
    }

    @Test func `what is refused says by which rule, and what is wrong where it stands`() throws {
      let talk = try Conversation()
      let nude = try ask(talk, "image.imagine", #"{"prompt":"a nude"}"#)
      #expect(nude.code == 13 && nude["error"]?["data"]?["rule"] == "rating")
      for (params, path) in [
        (#"{"prompt":" "}"#, "params.prompt"), (#"{"prompt":"x","width":63}"#, "params.width"),
        (#"{"prompt":"x","height":4097}"#, "params.height"), (#"{"prompt":"x","count":9}"#, "params.count"),
        (#"{"prompt":"x","seed":"-1"}"#, "params.seed"), (#"{"prompt":"x","steps":201}"#, "params.steps"),
        (#"{"prompt":"x","extra":{"prompt":"y"}}"#, "params.extra.prompt"),
        (#"{"prompt":"x","loras":[{"name":""}]}"#, "params.loras"),
      ] {
        let refused = try ask(talk, "image.imagine", params)
        #expect(refused.code == -32602 && refused["error"]?["data"]?["path"]?.string == path, "\(refused)")
      }
      #expect(try ask(talk, "image.imagine", #"{"prompt":"x","provider":"nobody"}"#).code == 6)
      #expect(try ask(talk, "job.list").result?["jobs"]?.array?.isEmpty == true)
    }

    @Test func `no name that a stranger gives becomes a path`() throws {
      let talk = try Conversation()
      for name in ["../../../etc/passwd", "/etc/passwd", "a/../../b", "..", "\\u0000"] {
        for (method, member) in [
          ("image.get", "image"), ("image.data", "image"), ("image.import", "upload"), ("job.get", "job"),
        ] {
          let code = try ask(talk, method, "{\"\(member)\":\"\(name)\"}").code
          #expect(code == -32602 || code == 1, "\(method) \(name)")
        }
      }
      _ = try over(
        talk,
        try ask(
          talk, "image.imagine",
          #"{"prompt":"../../x","width":256,"height":256,"provider":"offline","styles":["../y"],"checkpoint":"/etc/passwd"}"#
        ).result?["jobs"]?.array?.first)
      let pictures = talk.daemon.data + "/pictures"
      for name in try FileManager.default.subpathsOfDirectory(atPath: pictures) {
        let last = name.split(separator: "/").last ?? ""
        #expect(last.count <= 8 || last.hasSuffix(".jpg") && last.count == 68, "\(name)")
      }
    }

    @Test func `a picture that was brought is kept small and plain, up to 5 MiB and no further`() throws {
      let talk = try Conversation()
      // A drawn one is a picture as good as any.
      let job = try ask(
        talk, "image.imagine", #"{"prompt":"a harbour","width":256,"height":256,"provider":"offline"}"#
      ).result?["jobs"]?.array?.first
      let image = try #require(try over(talk, job)["image"]?.string)
      let data = try #require(try ask(talk, "image.data", "{\"image\":\"\(image)\"}").result?["data"]?.string)
      let brought = try ask(talk, "image.import", "{\"data\":\"\(data)\",\"kind\":\"header\"}").result?[
        "image"]
      #expect(brought?["kind"] == "header" && brought?["width"] == 256)
      let junk = Data(repeating: 0x41, count: 5 << 20).base64EncodedString()
      let unread = try ask(talk, "image.import", "{\"data\":\"\(junk)\"}")
      #expect(unread.code == 8, "\(unread)")
      let more = Data(repeating: 0x41, count: (5 << 20) + 1).base64EncodedString()
      let large = try ask(talk, "image.import", "{\"data\":\"\(more)\"}")
      #expect(large.code == 7 && large["error"]?["data"]?["limit"] == .integer(5 << 20), "\(large)")
    }

    @Test func `a companion has the portrait that is drawn of it, and whatever picture it is given`() throws {
      let talk = try Conversation()
      let watcher = try talk.daemon.lines()
      _ = try watcher.ask("events.subscribe", #"{"topics":["companion","job.ended"]}"#)
      _ = try ask(talk, "companion.create", #"{"persona":{"name":"Ada"},"handle":"ada","portrait":true}"#)
      var portrait: JSONValue?
      while portrait == nil {
        let event = try watcher.notification("event")
        if event["topic"] == "companion.updated" { portrait = event["data"]?["companion"]?["portrait"] }
      }
      let image = try #require(portrait?.string)
      let page = try ask(talk, "image.list", #"{"companion":"ada","kind":"portrait"}"#).result?["images"]?
        .array
      #expect(page?.map { $0["id"] } == [portrait])
      let set = try ask(talk, "companion.update", "{\"companion\":\"ada\",\"header\":\"\(image)\"}")
      // A portrait is as wide as it was drawn: it may be too wide for a header.
      let width = page?.first?["width"]?.integer ?? 0
      #expect(width > 800 ? set.code == -32602 : set.result?["companion"]?["header"] == portrait, "\(set)")
      let gone = try ask(talk, "companion.update", #"{"companion":"ada","portrait":null}"#)
      #expect(gone.result?["companion"] != nil && gone.result?["companion"]?["portrait"] == nil)
      let nobody = "01JD7Q2M4X8YV5T3N9C6B1R0ZK"
      #expect(
        try ask(talk, "companion.update", "{\"companion\":\"ada\",\"portrait\":\"\(nobody)\"}").code == 1)
    }
  }
}
