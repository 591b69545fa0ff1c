import Base
import Testing

@Suite struct LockTests {
  @Test func `many threads lose no update`() async {
    let lock = Lock(0)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<10_000 { lock.withLock { $0 += 1 } } }
      }
    }
    #expect(lock.withLock { $0 } == 80_000)
  }

  @Test func `an error leaves it free`() {
    struct Fault: Error {}
    let lock = Lock([1])
    #expect(throws: Fault.self) {
      try lock.withLock { (value) throws(Fault) in
        value.append(2)
        throw Fault()
      }
    }
    #expect(lock.withLock { $0 } == [1, 2])
  }
}
