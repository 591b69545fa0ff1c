import Base
import FoundationEssentials
import Model
import Testing
import Wire

/// The scanner decides what is JSON; `JSONDecoder` decides the same when the parts are decoded. They must not disagree, but for
/// reasons that are known and written down here.
@Suite struct ScannerDifferentialTests {
  private let lines = 100_000

  private func isRead(_ line: [UInt8]) -> Bool {
    do throws(Envelope.Fault) {
      _ = try Envelope.scan(line.span)
      return true
    } catch {
      if case .invalid = error { return true }
      return false
    }
  }

  /// Each found by the test below, once in some hundred thousand lines.
  @Test(arguments: ["0e3", "0E9", "-0.0e12", "[1,-0.0e+1]", "{\"a\":0e3}"])
  func `reads zeros that JSONDecoder refuses, and knows why it does`(_ text: String) {
    let line = Array(text.utf8)
    #expect(WireInvariants.isJSON(line))
    #expect((try? JSONDecoder().decode(AnyJSON.self, from: Data(line))) == nil, "Foundation was mended")
    #expect(KnownDifference.reason(line, ours: true) == .zeroWithExponent)
    #expect(KnownDifference.reason(Array("{\"a\":0e3,\"b\":x}".utf8), ours: true) == nil)
  }

  @Test func `agrees with JSONDecoder about what is JSON`() {
    let seed = UInt64.random(in: .min ... .max)
    var generator = LineGenerator(seed: seed)
    let decoder = JSONDecoder()
    var accepted = 0
    var excused: [KnownDifference: Int] = [:]
    for number in 0..<lines {
      let line = generator.line()
      let ours = WireInvariants.isJSON(line)
      let theirs = (try? decoder.decode(AnyJSON.self, from: Data(line))) != nil
      if ours { accepted += 1 }
      // The envelope reads the line in its own way and must come to the same verdict, but for members named twice.
      if isRead(line) != ours, !KnownDifference.hasDuplicateMember(line) {
        Issue.record("seed \(seed), line \(number): envelope and scanner differ on \(line)")
      }
      if ours == theirs { continue }
      if let reason = KnownDifference.reason(line, ours: ours) {
        excused[reason, default: 0] += 1
      } else {
        Issue.record(
          "seed \(seed), line \(number): ours \(ours): \(String(decoding: line, as: UTF8.self)) \(line)")
      }
    }
    // The test would mean little if nearly all lines were of one kind.
    #expect((lines / 4...lines * 3 / 4).contains(accepted), "seed \(seed)")
    print("seed \(seed): \(accepted) of \(lines) lines are JSON; known differences: \(excused)")
  }
}

/// Decodes every part and keeps nothing. Numbers are read as `Double`, the widest type there is.
///
/// Asks for strings first: each wrong guess throws, and under test every throw is costly.
struct AnyJSON: Decodable {
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() { return }
    do {
      _ = try value.decode(String.self)
      return
    } catch DecodingError.typeMismatch {}
    if let object = try? decoder.container(keyedBy: AnyKey.self) {
      for key in object.allKeys { _ = try object.decode(AnyJSON.self, forKey: key) }
    } else if var array = try? decoder.unkeyedContainer() {
      while !array.isAtEnd { _ = try array.decode(AnyJSON.self) }
    } else {
      do {
        _ = try value.decode(Double.self)
      } catch DecodingError.typeMismatch {
        _ = try value.decode(Bool.self)
      }
    }
  }
}
