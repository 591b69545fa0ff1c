import CPNG

/// Rows of a PNG, by libpng: 8 bits a sample, whatever the file has.
@safe final class PNGRows: RowReader {
  let width: Int
  let height: Int
  let layout: SampleLayout
  private let isWhole: Bool
  private var given = 0
  private var isOver = false
  private let reader: OpaquePointer

  /// `bytes` outlive this.
  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(PictureError) {
    guard let base = bytes.baseAddress else { throw .broken("The picture is empty.") }
    guard let made = unsafe cpng_reader_make(base, bytes.count, UInt32(PictureLimits.longestSide)) else {
      throw .noMemory
    }
    var facts = cpng_facts()
    let outcome = unsafe cpng_reader_begin(made, &facts)
    guard UInt32(bitPattern: outcome) == CPNG_DONE.rawValue else {
      let error = unsafe Self.error(outcome, made, "no row of it")
      unsafe cpng_reader_close(made)
      throw error
    }
    (width, height) = (Int(facts.width), Int(facts.height))
    let layouts: [SampleLayout] = [.grey, .greyAlpha, .colour, .colourAlpha]
    layout = layouts[Int(facts.channels) - 1]
    isWhole = facts.whole != 0
    unsafe reader = made
  }

  deinit { unsafe cpng_reader_close(reader) }

  func absorb() throws(PictureError) -> Bool {
    guard isWhole else { return true }
    let outcome = unsafe cpng_reader_absorb(reader)
    switch UInt32(bitPattern: outcome) {
    case CPNG_MORE.rawValue: return false
    case CPNG_DONE.rawValue: return true
    default: throw unsafe Self.error(outcome, reader, "not all of it")
    }
  }

  func read(into row: inout [UInt8]) throws(PictureError) {
    precondition(row.count >= width * layout.samples && given < height)
    if !isOver {
      let outcome = unsafe cpng_reader_row(reader, &row)
      switch UInt32(bitPattern: outcome) {
      case CPNG_DONE.rawValue: break
      case CPNG_CUT.rawValue where given >= Self.needed(of: height): isOver = true
      default: throw unsafe Self.error(outcome, reader, "\(given) of \(height) rows")
      }
    }
    // White, and opaque: a place where nothing is known should not show a background that somebody chose.
    if isOver { for index in row.indices { row[index] = 255 } }
    given += 1
  }

  private static func error(_ outcome: Int32, _ reader: OpaquePointer, _ there: String) -> PictureError {
    switch UInt32(bitPattern: outcome) {
    case CPNG_NO_MEMORY.rawValue: .noMemory
    case CPNG_CUT.rawValue: .broken("The PNG ends early: there is \(there).")
    default:
      unsafe .broken("The PNG cannot be decoded: \(String(cString: cpng_reader_complaint(reader))).")
    }
  }
}
