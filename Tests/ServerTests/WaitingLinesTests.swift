import Base
import Posix
import Testing
import Wire

@testable import Server

/// Lines that wait: in order, and any of them may be taken out.
@Suite struct WaitingLinesTests {
  init() { Loop.start() }

  private static func line(_ number: Int64, bytes: Int = 0) -> WaitingLines.Line {
    .init(bytes: Array(repeating: 0, count: bytes), id: .number(number), batch: nil)
  }

  @Test func `keeps its order whatever is taken out of it`() async {
    let seed = UInt64.random(in: 0...UInt64.max)
    let faults = await onLoop { () -> [String] in
      var random = RandomSource.seeded(seed)
      var (lines, model, next) = (WaitingLines(), [Int64](), Int64(0))
      var faults: [String] = []
      for step in 0..<20_000 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
          lines.append(Self.line(next, bytes: Int(next % 7)))
          model.append(next)
          next += 1
        case 5..<8:
          let popped = lines.popFirst()?.id
          if popped != (model.isEmpty ? nil : .number(model.removeFirst())) {
            faults.append("pop at \(step)")
          }
        default:
          let id = Int64.random(in: max(0, next - 40)...next, using: &random)
          let isThere = model.contains(id)
          model.removeAll { $0 == id }
          if (lines.remove(.number(id)) != nil) != isThere { faults.append("remove at \(step)") }
        }
        if lines.isEmpty != model.isEmpty || lines.first?.id != model.first.map({ .number($0) }) {
          faults.append("first at \(step)")
        }
        let bytes = model.reduce(0) { $0 + Int($1 % 7) + 96 }
        if lines.bytes != bytes { faults.append("bytes at \(step)") }
      }
      return faults
    }
    #expect(faults.isEmpty, "seed \(seed): \(faults.prefix(5))")
  }

  @Test func `a hundred thousand lines are taken back one by one in no time`() async {
    let time = await onLoop { () -> Duration in
      let count = Int64(100_000)
      var lines = WaitingLines()
      for number in 0..<count { lines.append(Self.line(number)) }
      let begin = ContinuousClock.now
      for number in (0..<count).reversed() { _ = lines.remove(.number(number)) }
      return lines.isEmpty ? ContinuousClock.now - begin : .seconds(3600)
    }
    #expect(time < .seconds(5), "\(time)")
  }
}
