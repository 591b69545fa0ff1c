import Base
import FoundationEssentials
import Model
import Testing
import Wire

/// The envelope scanner against an envelope read the slow way: decode the whole line, then look at the members.
@Suite struct EnvelopeDifferentialTests {
  private enum Kind: Equatable {
    case request(RequestID)
    case notification
    case response
    case invalid
  }

  private func slowly(_ message: JSONValue) -> Kind {
    guard case .object(let members) = message else { return .invalid }
    var id: RequestID?
    switch members["id"] {
    case nil: break
    case .string(let text) where text.utf8.count <= 128: id = .string(text)
    case .integer(let number) where number.magnitude < 1 << 53: id = .number(number)
    case .null where members["method"] == nil: break
    default: return .invalid
    }
    guard members["jsonrpc"] == "2.0" else { return .invalid }
    guard let method = members["method"] else {
      let isOne = (members["result"] == nil) != (members["error"] == nil)
      return members["id"] != nil && isOne ? .response : .invalid
    }
    guard method.string != nil else { return .invalid }
    switch members["params"] {
    case nil, .object, .array: return id.map { .request($0) } ?? .notification
    default: return .invalid
    }
  }

  private func quickly(_ line: [UInt8]) -> [Kind]? {
    do throws(Envelope.Fault) {
      switch try Envelope.scan(line.span) {
      case .single(let envelope): return [kind(envelope)]
      case .batch(let entries):
        return entries.map { range in
          do throws(Envelope.Fault) {
            return kind(try Envelope.scanMessage(line.span.extracting(range)))
          } catch {
            // An envelope member named twice spoils its entry alone.
            return .invalid
          }
        }
      }
    } catch {
      if case .invalid = error { return [.invalid] }
      return nil
    }
  }

  private func kind(_ envelope: Envelope) -> Kind {
    switch envelope.kind {
    case .request(let id): .request(id)
    case .notification: .notification
    case .response: .response
    }
  }

  @Test func `agrees with an envelope decoded the slow way`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = LineGenerator(seed: seed)
    var counts: [String: Int] = [:]
    for number in 0..<20_000 {
      let line = generator.line()
      // What is JSON is the other test's subject; a member named twice is beyond what a decoder can see.
      guard WireInvariants.isJSON(line), !KnownDifference.hasDuplicateMember(line),
        let value = try? JSONDecoder().decode(JSONValue.self, from: Data(line))
      else { continue }
      let slow = value.array.map { $0.map(slowly) } ?? [slowly(value)]
      let quick = quickly(line)
      counts["\(slow.first.map { "\($0)".prefix(7) } ?? "empty")", default: 0] += 1
      if quick == slow || hasFractionalID(line) { continue }
      Issue.record("seed \(seed), line \(number): \(String(decoding: line, as: UTF8.self).prefix(300))")
    }
    for kind in ["request", "notific", "respons", "invalid"] {
      #expect(counts[kind, default: 0] > 100, "seed \(seed): \(counts)")
    }
  }

  /// `1.0` is an integer to a decoder and none to the contract.
  private func hasFractionalID(_ line: [UInt8]) -> Bool {
    String(decoding: line, as: UTF8.self).contains(/"id"\s*:\s*-?[0-9]+[.eE]/)
  }
}
