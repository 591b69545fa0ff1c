import CJPEG

/// Rows of a JPEG, by libjpeg-turbo.
@safe final class JPEGRows: RowReader {
  let width: Int
  let height: Int
  let layout: SampleLayout
  private let isWhole: Bool
  private let reader: OpaquePointer

  /// `bytes` outlive this. Whole sizes are 8 `eighths`; 4, 2 and 1 are decoded faster for what they are.
  init(_ bytes: UnsafeBufferPointer<UInt8>, eighths: Int) throws(PictureError) {
    guard let base = bytes.baseAddress else { throw .broken("The picture is empty.") }
    // libjpeg's own tables and rows come on top of what a whole picture may take.
    guard
      let made = unsafe cjpeg_reader_make(
        base, bytes.count, PictureLimits.decodeBytes + (16 << 20), UInt32(PictureLimits.mostScans))
    else { throw .noMemory }
    var facts = cjpeg_facts()
    let outcome = unsafe cjpeg_reader_begin(made, UInt32(eighths), &facts)
    guard UInt32(bitPattern: outcome) == CJPEG_DONE.rawValue else {
      let error = unsafe Self.error(outcome, made)
      unsafe cjpeg_reader_close(made)
      throw error
    }
    (width, height) = (Int(facts.width), Int(facts.height))
    layout = facts.channels == 1 ? .grey : facts.channels == 3 ? .colour : .ink(inverted: facts.inverted != 0)
    isWhole = facts.whole != 0
    unsafe reader = made
  }

  deinit { unsafe cjpeg_reader_close(reader) }

  func absorb() throws(PictureError) -> Bool {
    guard isWhole else { return true }
    let outcome = unsafe cjpeg_reader_absorb(reader)
    switch UInt32(bitPattern: outcome) {
    case CJPEG_MORE.rawValue: return false
    case CJPEG_DONE.rawValue:
      try checkSoundness()
      return true
    default: throw unsafe Self.error(outcome, reader)
    }
  }

  func read(into row: inout [UInt8]) throws(PictureError) {
    precondition(row.count >= width * layout.samples)
    let outcome = unsafe cjpeg_reader_row(reader, &row)
    guard UInt32(bitPattern: outcome) == CJPEG_DONE.rawValue else {
      throw unsafe Self.error(outcome, reader)
    }
    try checkSoundness()
  }

  private func checkSoundness() throws(PictureError) {
    let sound = unsafe Int(cjpeg_reader_sound_rows(reader))
    guard sound >= Self.needed(of: height) else {
      throw .broken("The JPEG ends early: \(sound) of \(height) rows are there.")
    }
  }

  private static func error(_ outcome: Int32, _ reader: OpaquePointer) -> PictureError {
    switch UInt32(bitPattern: outcome) {
    case CJPEG_NO_MEMORY.rawValue: .noMemory
    case CJPEG_ENDLESS.rawValue:
      .tooLarge("The JPEG has more than \(PictureLimits.mostScans) scans.")
    default:
      unsafe .broken("The JPEG cannot be decoded: \(String(cString: cjpeg_reader_complaint(reader))).")
    }
  }
}
