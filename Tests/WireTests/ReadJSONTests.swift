import Base
import FoundationEssentials
import Model
import Testing

@testable import Wire

/// What is read by hand is what the decoder reads, and what it does not read is left to the decoder.
@Suite struct ReadJSONTests {
  @Test func `random parameters are read as the decoder reads them`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = RandomSource.seeded(seed)
    for _ in 0..<500 {
      func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
      let send = MessageSend.Params(
        chat: maybe(Example.chat), companion: maybe("ada 漢字"), text: "text / é 👋🏽 ", leaf: maybe(Example.line),
        model: maybe("home/gemma"), respond: maybe(true), attach: maybe(false), wait: maybe(true),
        onStale: MessageSend.OnStale.allCases.randomElement(using: &random))
      var members = try #require(PlainMembers(JSONText.bytes(send)))
      #expect(MessageSend.Params(&members) == send && members.fit, "seed \(seed)")
      let history = ChatHistory.Params(
        chat: Example.chat, leaf: maybe(Example.reply), before: maybe(Example.line),
        after: maybe(Example.turn),
        limit: maybe(.random(in: 1...999_999, using: &random)))
      members = try #require(PlainMembers(JSONText.bytes(history)))
      #expect(ChatHistory.Params(&members) == history && members.fit, "seed \(seed)")
    }
  }

  @Test(arguments: [
    #"{"text":"a\n"}"#, #"{"te\u0078t":"a"}"#, #"{"text":null}"#, #"{"text":"a","text":"b"}"#,
    #"{"text":["a"]}"#,
    #"{"text":"a","context":[]}"#, #"{"n":1.5}"#, #"{"n":1e3}"#, #"{"n":-1}"#, #"{"n":12345678901}"#,
    #"{"n":01}"#,
    #"{"text":"a","extra":{}}"#,
  ])
  func `whatever is not plain is the decoder's`(_ text: String) {
    #expect(PlainMembers(Array(text.utf8)) == nil)
  }

  @Test(arguments: [
    #"{"text":true}"#, #"{"text":"a","chat":"short"}"#, #"{"text":"a","respond":"true"}"#,
    #"{"text":"a","respond":1}"#,
    #"{"text":"a","onStale":"perhaps"}"#, #"{"text":"a","images":"one"}"#, #"{"text":"a","context":"one"}"#,
    "{}",
  ])
  func `whatever does not fit is told by the decoder`(_ text: String) throws {
    var members = try #require(PlainMembers(Array(text.utf8)))
    #expect(MessageSend.Params(&members) == nil || !members.fit)
    #expect(throws: RPCError.self) { try MessageSend.params(from: Data(text.utf8)) }
  }

  @Test func `space between and members that nobody knows change nothing`() throws {
    let text = " {\n\t\"text\" : \"a\" , \"new\":7,\"other\" :false } "
    #expect(try MessageSend.params(from: Data(text.utf8)) == MessageSend.Params(text: "a"))
    #expect(
      try MessageSend.params(from: Data("{\"text\":\"a\",\"wait\":null}".utf8))
        == MessageSend.Params(text: "a"))
    let plain = Array("{ \"text\" : \"a\" , \"new\":7,\"other\" :false }".utf8)
    var members = try #require(PlainMembers(plain))
    #expect(MessageSend.Params(&members) == MessageSend.Params(text: "a") && members.fit)
    #expect(PlainMembers(Array("{}".utf8)) != nil)
  }
}
