/// Makes a picture smaller while its rows go by: in linear light, Lanczos, after averaging in boxes where it becomes much smaller. Holds
/// a few rows of the source, however high it is.
///
/// Rows go in from the top with `take`, and after each one `produce` is called until it says no.
@safe final class RowScaler {
  let channels: Int
  /// The row that `produce` made, as light.
  let output: Floats

  private let across: ScalingAxis
  private let down: ScalingAxis
  private let weightsAcross: KernelWeights
  private let weightsDown: KernelWeights
  /// The last rows, boxed, each `stride` numbers long: as many as count for one row of the result.
  private let ring: Floats
  private let stride: Int
  private var ringed = 0
  private var produced = 0
  private var rowsLeft: Int
  /// One row as light, before it is boxed; and the boxes of which not all rows are there.
  private let light: Floats
  private let sums: Floats
  private var rowsInSums = 0
  /// The weighted sum of the rows in the ring.
  private let column: Floats
  private var rows: [UnsafePointer<Float>]

  init(from width: Int, _ height: Int, to targetWidth: Int, _ targetHeight: Int, channels: Int) {
    precondition(channels == 1 || channels == 3)
    let across = ScalingAxis(from: width, to: targetWidth)
    let down = ScalingAxis(from: height, to: targetHeight)
    (self.across, self.down, self.channels) = (across, down, channels)
    weightsAcross = KernelWeights(across)
    weightsDown = KernelWeights(down)
    stride = Self.stride(across, channels)
    ring = Floats(stride * down.taps)
    column = Floats(stride)
    output = Floats(targetWidth * channels)
    let isBoxed = Self.isBoxed(across, down)
    light = Floats(isBoxed ? width * channels : 0)
    sums = Floats(isBoxed ? across.boxed * channels : 0)
    rowsLeft = height
    unsafe rows = []
    unsafe rows.reserveCapacity(down.taps)
  }

  /// Loops go in steps of 16, and may read one number behind the last.
  private static func stride(_ across: ScalingAxis, _ channels: Int) -> Int {
    (across.boxed * channels + 16) / 16 * 16
  }

  private static func isBoxed(_ across: ScalingAxis, _ down: ScalingAxis) -> Bool {
    across.box > 1 || down.box > 1
  }

  /// What one of these will hold.
  static func memory(
    from width: Int, _ height: Int, to targetWidth: Int, _ targetHeight: Int, channels: Int
  ) -> Int {
    let across = ScalingAxis(from: width, to: targetWidth)
    let down = ScalingAxis(from: height, to: targetHeight)
    var floats = stride(across, channels) * (down.taps + 1) + targetWidth * channels
    if isBoxed(across, down) { floats += (width + across.boxed) * channels }
    return floats * 4 + KernelWeights.memory(across) + KernelWeights.memory(down) + down.taps * 8
  }

  /// What this one holds.
  var heldBytes: Int {
    [ring, column, output, light, sums].reduce(0) { $0 + $1.count * 4 } + weightsAcross.heldBytes
      + weightsDown.heldBytes + down.taps * 8
  }

  /// A row of bytes, as on a screen.
  func take(_ row: [UInt8]) {
    precondition(row.count >= across.source * channels)
    unsafe row.withUnsafeBufferPointer { row in
      let row = unsafe UnsafeBufferPointer(rebasing: row[..<(across.source * channels)])
      unsafe RowKernels.lights(of: row, into: destination())
    }
    taken()
  }

  /// A row of light, such as another scaler's output.
  func take(_ row: Floats) {
    precondition(row.count >= across.source * channels)
    let out = unsafe destination()
    for index in 0..<(across.source * channels) { unsafe out[index] = row.start[index] }
    taken()
  }

  /// Whether there is a row of the result, in `output`.
  func produce() -> Bool {
    guard produced < down.target, ringed >= weightsDown.starts[produced] + down.taps else { return false }
    unsafe rows.removeAll(keepingCapacity: true)
    for row in weightsDown.starts[produced]..<(weightsDown.starts[produced] + down.taps) {
      unsafe rows.append(UnsafePointer(slot(row)))
    }
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe RowKernels.combine(
        rows, weightsDown.weights.start + produced * down.taps, count: stride, into: column.start)
    }
    unsafe RowKernels.narrow(column.start, weightsAcross, channels: channels, into: output.start)
    produced += 1
    return true
  }

  private var isBoxed: Bool { light.count > 0 }

  private func slot(_ row: Int) -> UnsafeMutablePointer<Float> {
    unsafe ring.start + row % down.taps * stride
  }

  /// Where the next row of the source goes, as light.
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
      light.start, width: across.source, channels: channels, across: across.box, into: sums.start)
    rowsInSums += 1
    guard rowsInSums == down.box || rowsLeft == 0 else { return }
    let out = unsafe slot(ringed)
    for box in 0..<across.boxed {
      let share = 1 / Float(across.size(ofBox: box) * rowsInSums)
      for index in (box * channels)..<((box + 1) * channels) {
        unsafe out[index] = sums.start[index] * share
        unsafe sums.start[index] = 0
      }
    }
    rowsInSums = 0
    ringed += 1
  }
}
