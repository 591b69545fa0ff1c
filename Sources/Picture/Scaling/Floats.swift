/// A run of numbers in memory that stays where it is, for loops that must be fast. Zero at first.
@safe final class Floats {
  let start: UnsafeMutablePointer<Float>
  let count: Int

  init(_ count: Int) {
    unsafe start = .allocate(capacity: count)
    unsafe start.initialize(repeating: 0, count: count)
    self.count = count
  }

  deinit { unsafe start.deallocate() }
}
