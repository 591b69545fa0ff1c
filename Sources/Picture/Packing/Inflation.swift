import CZlib

/// Strangers' compressed bytes made plain, never into more memory than was allowed: a stream of a thousand bytes may hold a gigabyte.
enum Inflation {
  enum Form { case zlib, raw }

  enum Fault: Error, Hashable {
    case tooLarge
    case damaged
    case noMemory
  }

  private static let least = 64 << 10

  /// The stream that begins `bytes[range]`; what stands behind it in the range is not looked at. Room grows with what comes out, so a
  /// small text costs little, and the repeated beginnings together no more than the last run.
  static func inflate(
    _ bytes: [UInt8], _ range: Range<Int>, _ form: Form, atMost limit: Int
  ) throws(Fault) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count && limit > 0)
    var room = min(limit, max(least, 4 * range.count))
    while true {
      var out = [UInt8](repeating: 0, count: room)
      var written = 0
      let outcome = unsafe czlib_inflate(
        bytes, range.lowerBound, range.upperBound, form == .raw ? 1 : 0, &out, room, &written)
      switch UInt32(bitPattern: outcome) {
      case CZLIB_DONE.rawValue:
        out.removeLast(room - written)
        return out
      case CZLIB_FULL.rawValue where room < limit: room = room > limit / 4 ? limit : room * 4
      // One byte too many is as much too large as a gigabyte.
      case CZLIB_FULL.rawValue: throw .tooLarge
      case CZLIB_NO_MEMORY.rawValue: throw .noMemory
      default: throw .damaged
      }
    }
  }
}

/// The checksum of PNG and ZIP.
enum CRC32 {
  static func of(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    return unsafe czlib_crc32(bytes, range.lowerBound, range.upperBound)
  }
}
