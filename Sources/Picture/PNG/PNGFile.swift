/// A PNG as a row of chunks, without decoding the picture: where cards keep their text.
///
/// Lengths are checked before anything is looked at. A file that ends early or goes wrong half-way is read up to there: pictures that went
/// through many hands are often cut, and their text mostly stands before the pixels.
package struct PNGFile: Sendable {
  package struct Chunk: Sendable, Hashable {
    /// Four letters as they stand in the file.
    package let type: UInt32
    package let data: Range<Int>
    /// Whether the checksum is right.
    package let isSound: Bool

    /// Length, type and checksum included.
    var whole: Range<Int> { (data.lowerBound - 8)..<(data.upperBound + 4) }
  }

  package enum Fault: Error, Hashable {
    case notPNG
    /// More chunks than any picture needs.
    case tooManyChunks
    /// The text is longer than was allowed, plain or unpacked.
    case textTooLong
    case textDamaged
  }

  /// An animation of an hour has fewer.
  static let mostChunks = 1 << 16
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  package let bytes: [UInt8]
  package let chunks: [Chunk]
  /// The end is missing, or something before it cannot be read.
  package let isCut: Bool

  package static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

  package init(_ bytes: [UInt8]) throws(Fault) {
    guard Self.begins(bytes) else { throw .notPNG }
    var chunks: [Chunk] = []
    var at = Self.signature.count
    var hasEnd = false
    while bytes.count - at >= 12, !hasEnd {
      let length = Int(Self.number(bytes, at))
      // The standard allows 2^31 - 1; a file has what it has.
      guard length <= bytes.count - at - 12 else { break }
      let type = Self.number(bytes, at + 4)
      guard Self.isType(type) else { break }
      let end = at + 8 + length
      guard chunks.count < Self.mostChunks else { throw .tooManyChunks }
      chunks.append(
        Chunk(
          type: type, data: (at + 8)..<end,
          isSound: CRC32.of(bytes, (at + 4)..<end) == Self.number(bytes, end)))
      hasEnd = type == Self.end
      at = end + 4
    }
    self.bytes = bytes
    self.chunks = chunks
    isCut = !hasEnd
  }

  static func type(_ name: StaticString) -> UInt32 {
    precondition(name.utf8CodeUnitCount == 4)
    return name.description.utf8.reduce(0) { $0 << 8 | UInt32($1) }
  }

  static let header = type("IHDR")
  static let end = type("IEND")

  private static func isType(_ type: UInt32) -> Bool {
    (0..<4).allSatisfy { position in
      let letter = UInt8(truncatingIfNeeded: type >> (8 * position)) | 0x20
      return (0x61...0x7A).contains(letter)
    }
  }

  static func number(_ bytes: [UInt8], _ at: Int) -> UInt32 {
    bytes[at..<(at + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
