import FoundationEssentials
import Model
import Testing
import Wire

@Suite struct ParamsDecodingTests {
  private func fault<P: Decodable>(_ type: P.Type, _ text: String) -> [String: JSONValue]? {
    do throws(RPCError) {
      _ = try JSONText.params(type, from: Data(text.utf8))
      return nil
    } catch {
      #expect(error.code == .invalidParams && error.reason == "invalid_params")
      return error.details
    }
  }

  private func expectFault<P: Decodable>(
    _ type: P.Type, _ text: String, _ path: String, _ expected: String,
    at location: SourceLocation = #_sourceLocation
  ) {
    let details = fault(type, text)
    #expect(details == ["path": .string(path), "expected": .string(expected)], sourceLocation: location)
  }

  @Test func `names the member and the type that was expected`() {
    expectFault(EventsSubscribe.Params.self, #"{"topics":"all"}"#, "params.topics", "array")
    expectFault(EventsSubscribe.Params.self, #"{"topics":["a",7]}"#, "params.topics[1]", "string")
    expectFault(
      EventsSubscribe.Params.self, #"{"topics":[],"since":{"boot":"b","seq":"1"}}"#, "params.since.seq",
      "integer")
    expectFault(EventsSubscribe.Params.self, #"{"topics":[],"since":7}"#, "params.since", "object")
    expectFault(StorageCheck.Params.self, #"{"repair":1}"#, "params.repair", "boolean")
    expectFault(
      SettingsSet.Params.self, #"{"defaults":{"sampling":{"temperature":"hot"}}}"#,
      "params.defaults.sampling.temperature", "number")
    expectFault(
      SettingsSet.Params.self, #"{"defaults":{"sampling":{"stop":["a","b","c",null]}}}"#,
      "params.defaults.sampling.stop[3]", "string")
  }

  @Test func `names a member that is missing, with the type it should have`() {
    expectFault(EventsSubscribe.Params.self, "{}", "params.topics", "array")
    expectFault(SettingsSet.Params.self, #"{"user":{}}"#, "params.user.name", "string")
  }

  @Test func `names the words of an enumeration and the form of values`() {
    expectFault(
      LogLevelSet.Params.self, #"{"level":"loud"}"#, "params.level",
      "one of trace, debug, info, notice, warning, error, fault")
    expectFault(
      EventsSubscribe.Params.self, #"{"topics":[],"chats":["x"]}"#, "params.chats[0]",
      "string of 26 characters, a ULID")
    expectFault(
      UploadWrite.Params.self, #"{"upload":"u","offset":0,"data":"%%"}"#, "params.data", "string of base64")
    expectFault(CallCancel.Params.self, #"{"id":[]}"#, "params.id", "integer or string")
  }

  @Test(arguments: ["1.5", "1e30", "99999999999999999999", "-99999999999999999999", "1e309"])
  func `finds the number that does not fit, which the library cannot place`(number: String) {
    expectFault(ServerStop.Params.self, #"{"graceMs":\#(number)}"#, "params.graceMs", "integer")
    expectFault(
      SettingsSet.Params.self, #"{"reuse":true,"defaults":{"sampling":{"topP":0.5,"topK":\#(number)}}}"#,
      "params.defaults.sampling.topK", "integer")
  }

  @Test func `finds numbers no type holds, within free JSON too`() {
    expectFault(
      SettingsSet.Params.self, #"{"defaults":{"sampling":{"temperature":1e309}}}"#,
      "params.defaults.sampling.temperature", "number that fits 64 bits")
    expectFault(
      SettingsSet.Params.self, #"{"defaults":{"sampling":{"extra":{"a":{"b":[1,1e309]}}}}}"#,
      "params.defaults.sampling.extra.a.b[1]", "number that fits 64 bits")
    expectFault(
      Hello.Identity.self, #"{"uid":-1,"scopes":[]}"#, "params.uid", "integer from 0 to 4294967295")
  }

  @Test func `reads what fits, and ignores members it does not know`() throws {
    let params = try JSONText.params(ServerStop.Params.self, from: Data(#"{"graceMs":5,"x":[1e3]}"#.utf8))
    #expect(params == ServerStop.Params(graceMs: 5))
  }
}
