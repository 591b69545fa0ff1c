import Base
import FoundationEssentials
import Glibc

/// How far a place's clocks are from Greenwich at a moment: from the machine's zone files, or the machine's own zone.
///
/// FoundationEssentials knows no zones by name, and ICU, which does, would cost the daemon its small size.
enum TimeZones {
  private static let folder = "/usr/share/zoneinfo/"

  /// An unknown or absent name means the machine's own zone.
  static func offset(_ name: String?, at moment: Timestamp) -> Duration {
    let seconds = moment.milliseconds / 1000
    if let name, let found = zones.offset(name, at: seconds) { return .seconds(found) }
    var time = time_t(seconds)
    var parts = unsafe tm()
    guard unsafe localtime_r(&time, &parts) != nil else { return .zero }
    return unsafe .seconds(parts.tm_gmtoff)
  }

  private static let zones = Zones()

  /// Zones that were asked for. A file is read once; there are about six hundred of them, so nothing is given up.
  private final class Zones: Sendable {
    private let known = Lock<[String: Zone]>([:])

    func offset(_ name: String, at seconds: Int64) -> Int64? {
      guard TimeZones.isName(name) else { return nil }
      if let zone = known.withLock({ $0[name] }) { return zone.offset(at: seconds) }
      guard let data = try? Data(contentsOf: URL(filePath: TimeZones.folder + name)), data.count <= 1 << 20,
        let zone = Zone([UInt8](data))
      else { return nil }
      known.withLock { if $0.count < 1000 { $0[name] = zone } }
      return zone.offset(at: seconds)
    }
  }

  /// It becomes part of a path, so it may be nothing else.
  static func isName(_ name: String) -> Bool {
    (1...64).contains(name.utf8.count) && !name.hasPrefix("/") && !name.contains("..")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"),
          UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }

  /// RFC 8536: when a zone's clocks were, or will be, put to which offset.
  struct Zone: Sendable {
    private var moments: [Int64] = []
    private var offsets: [Int64] = []
    private var first: Int64 = 0

    /// Nil for what is no zone file of version 2 or later.
    init?(_ bytes: [UInt8]) {
      guard let old = Header(bytes, at: 0), old.version >= UInt8(ascii: "2") else { return nil }
      let start = Header.size + old.size(ofTime: 4)
      guard let header = Header(bytes, at: start), header.types > 0 else { return nil }
      let body = start + Header.size
      guard bytes.count >= body + header.size(ofTime: 8) else { return nil }
      let indexes = body + header.times * 8
      let types = indexes + header.times
      func offset(ofType index: Int) -> Int64? {
        guard index < header.types else { return nil }
        return Int64(Int32(truncatingIfNeeded: Zone.number(bytes, types + index * 6, 4)))
      }
      for index in 0..<header.times {
        guard let offset = offset(ofType: Int(bytes[indexes + index])) else { return nil }
        moments.append(Zone.number(bytes, body + index * 8, 8))
        offsets.append(offset)
      }
      guard let offset = offset(ofType: 0), (offsets + [offset]).allSatisfy({ abs($0) < 86_400 * 2 }) else {
        return nil
      }
      first = offset
    }

    func offset(at seconds: Int64) -> Int64 {
      // The last change that is not later.
      var (low, high) = (0, moments.count)
      while low < high {
        let middle = (low + high) / 2
        if moments[middle] <= seconds { low = middle + 1 } else { high = middle }
      }
      return low == 0 ? first : offsets[low - 1]
    }

    private static func number(_ bytes: [UInt8], _ at: Int, _ count: Int) -> Int64 {
      Int64(truncatingIfNeeded: bytes[at..<(at + count)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private struct Header {
      static let size = 44
      let version: UInt8
      let utc: Int, standard: Int, leaps: Int, times: Int, types: Int, letters: Int

      init?(_ bytes: [UInt8], at start: Int) {
        guard bytes.count >= start + Self.size, bytes[start...].starts(with: "TZif".utf8) else { return nil }
        version = bytes[start + 4]
        let counts = (0..<6).map { Int(Zone.number(bytes, start + 20 + $0 * 4, 4)) }
        guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
        (utc, standard, leaps, times, types, letters) = (
          counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]
        )
      }

      /// Of what follows, with times of that many bytes.
      func size(ofTime bytes: Int) -> Int {
        times * bytes + times + types * 6 + letters + leaps * (bytes + 4) + standard + utc
      }
    }
  }
}
