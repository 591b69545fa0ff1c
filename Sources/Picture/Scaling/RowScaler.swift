/// Makes a picture smaller while its rows go by: in linear light, Lanczos, after averaging in boxes where it becomes much smaller. Holds
/// a few rows of the source, however high it is.
///
/// Rows go in from the top with `take`, and after each one `produce` is called until it says no.
@safe final class RowScaler {
  let targetWidth: Int
  let channels: Int
  /// The row that `produce` made, as light; one pixel's room longer.
  let output: Floats

  private let width: Int
  private let boxes: (across: Int, down: Int)
  private let boxedWidth: Int
  private let across: KernelWeights
  private let down: KernelWeights
  /// The last rows, boxed, each `stride` numbers long: as many as the kernel reaches.
  private let ring: Floats
  private let stride: Int
  private var ringed = 0
  private var produced = 0
  /// One row as light, before it is boxed; and the boxes of which not all rows are there.
  private let light: Floats
  private let sums: Floats
  private var rowsInSums = 0
  private var rowsLeft: Int
  private let boxSizes: Floats
  private let column: Floats
  private var rows: [UnsafePointer<Float>]

  init(from width: Int, _ height: Int, to targetWidth: Int, _ targetHeight: Int, channels: Int) {
    precondition((1...width).contains(targetWidth) && (1...height).contains(targetHeight))
    precondition(channels == 1 || channels == 3)
    self.width = width
    self.targetWidth = targetWidth
    self.channels = channels
    // Boxes leave at least twice as many pixels as are wanted, for Lanczos to choose from.
    boxes = (max(1, width / targetWidth / 2), max(1, height / targetHeight / 2))
    boxedWidth = (width + boxes.across - 1) / boxes.across
    let boxedHeight = (height + boxes.down - 1) / boxes.down
    across = KernelWeights(
      from: boxedWidth, to: targetWidth, ratio: Double(width) / Double(targetWidth * boxes.across))
    down = KernelWeights(
      from: boxedHeight, to: targetHeight, ratio: Double(height) / Double(targetHeight * boxes.down))
    // Loops go in steps of 16 and may read one number more.
    stride = (boxedWidth * channels + 1 + 15) / 16 * 16
    ring = Floats(stride * down.taps)
    column = Floats(stride)
    output = Floats(targetWidth * channels + 1)
    let isBoxed = boxes.across > 1 || boxes.down > 1
    light = Floats(isBoxed ? width * channels : 0)
    sums = Floats(isBoxed ? boxedWidth * channels : 0)
    boxSizes = Floats(isBoxed ? boxedWidth : 0)
    if isBoxed {
      for box in 0..<boxedWidth {
        unsafe boxSizes.start[box] = Float(min(width, (box + 1) * boxes.across) - box * boxes.across)
      }
    }
    rowsLeft = height
    unsafe rows = []
    unsafe rows.reserveCapacity(down.taps)
  }

  /// What this one holds.
  var heldBytes: Int {
    [ring, column, output, light, sums, boxSizes, across.weights, down.weights].reduce(0) { $0 + $1.count * 4 }
      + (across.starts.count + down.starts.count + down.taps) * 8
  }

  /// What one of these holds at most.
  static func memory(from width: Int, _ height: Int, to targetWidth: Int, _ targetHeight: Int, channels: Int)
    -> Int
  {
    let boxes = (across: max(1, width / targetWidth / 2), down: max(1, height / targetHeight / 2))
    let boxed = width / boxes.across + 1
    let taps = 6 * (height / (targetHeight * boxes.down) + 1) + 3
    return 4 * channels * (boxed * (taps + 3) + width) + targetWidth * 4 * (channels + 30)
  }

  /// A row of bytes, as on a screen.
  func take(_ row: [UInt8]) {
    precondition(row.count >= width * channels)
    unsafe row.withUnsafeBufferPointer { row in
      let row = unsafe UnsafeBufferPointer(rebasing: row[..<(width * channels)])
      unsafe RowKernels.lights(of: row, into: destination())
    }
    taken()
  }

  /// A row of light, such as another scaler's output.
  func take(_ row: Floats) {
    precondition(row.count >= width * channels)
    let out = unsafe destination()
    for index in 0..<(width * channels) { unsafe out[index] = row.start[index] }
    taken()
  }

  /// Whether there is a row of the result, in `output`.
  func produce() -> Bool {
    guard produced < down.starts.count, ringed >= down.starts[produced] + down.taps else { return false }
    unsafe rows.removeAll(keepingCapacity: true)
    for row in down.starts[produced]..<(down.starts[produced] + down.taps) {
      unsafe rows.append(UnsafePointer(slot(row)))
    }
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe RowKernels.combine(
        rows, down.weights.start + produced * down.taps, count: stride,
        into: column.start)
    }
    unsafe RowKernels.narrow(
      column.start, across, channels: channels, into: output.start)
    produced += 1
    return true
  }

  private var isBoxed: Bool { boxSizes.count > 0 }

  private func slot(_ row: Int) -> UnsafeMutablePointer<Float> {
    unsafe ring.start + row % down.taps * stride
  }

  private func destination() -> UnsafeMutablePointer<Float> {
    precondition(rowsLeft > 0, "more rows than the picture has")
    return unsafe isBoxed ? light.start : slot(ringed)
  }

  private func taken() {
    rowsLeft -= 1
    guard isBoxed else {
      ringed += 1
      return
    }
    unsafe RowKernels.addBoxes(
      light.start, width: width, channels: channels, across: boxes.across,
      into: sums.start)
    rowsInSums += 1
    guard rowsInSums == boxes.down || rowsLeft == 0 else { return }
    let out = unsafe slot(ringed)
    for box in 0..<boxedWidth {
      let share = unsafe 1 / (boxSizes.start[box] * Float(rowsInSums))
      for index in (box * channels)..<((box + 1) * channels) {
        unsafe out[index] = sums.start[index] * share
        unsafe sums.start[index] = 0
      }
    }
    rowsInSums = 0
    ringed += 1
  }
}
