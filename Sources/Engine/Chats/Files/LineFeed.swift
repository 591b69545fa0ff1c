import Base
import FoundationEssentials
import Model

/// The lines of an import, read piece by piece, so that a chat of a hundred megabytes is never held whole.
struct LineFeed: Sendable {
  enum Line: Sendable {
    case text([UInt8])
    /// It was skipped.
    case tooLong
  }

  static let longest = 8 << 20
  private static let piece = 512 << 10

  private let source: ImportSource
  private let uploads: UploadDesk
  private let owner: Owner
  private let data: [UInt8]
  let size: Int64
  private var offset: Int64 = 0
  private var buffer: [UInt8] = []
  private var at = 0

  init(_ source: ImportSource, of owner: Owner, uploads: UploadDesk) async throws(EngineError) {
    self.source = source
    self.uploads = uploads
    self.owner = owner
    switch source {
    case .data(let data):
      guard !data.isEmpty else { throw .invalid(path: "data", expected: "a file with something in it") }
      self.data = [UInt8](data)
      size = Int64(data.count)
    case .upload(let id):
      data = []
      size = try await uploads.size(of: id, for: owner)
    }
  }

  /// Without its end; nil when there are no more.
  mutating func next() async throws(EngineError) -> Line? {
    var scanned = at
    while true {
      if let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[at..<end])
        at = end + 1
        return .text(line)
      }
      if buffer.count - at > Self.longest { return try await skip() }
      buffer.removeFirst(at)
      at = 0
      scanned = buffer.count
      let more = try await read()
      guard !more.isEmpty else {
        let rest = buffer
        buffer = []
        return rest.isEmpty ? nil : .text(rest)
      }
      buffer += more
    }
  }

  /// All of it, from the beginning, whatever was read.
  func all() async throws(EngineError) -> [UInt8] {
    if case .upload(let id) = source {
      return try await uploads.read(id, from: 0, atMost: Int(clamping: size), for: owner)
    }
    return data
  }

  private mutating func skip() async throws(EngineError) -> Line? {
    repeat {
      buffer = try await read()
      at = (buffer.firstIndex(of: UInt8(ascii: "\n")) ?? buffer.count - 1) + 1
    } while !buffer.isEmpty && at == buffer.count && buffer.last != UInt8(ascii: "\n")
    return .tooLong
  }

  private mutating func read() async throws(EngineError) -> [UInt8] {
    let bytes: [UInt8]
    switch source {
    case .data: bytes = Array(data.dropFirst(Int(offset)).prefix(Self.piece))
    case .upload(let id): bytes = try await uploads.read(id, from: offset, atMost: Self.piece, for: owner)
    }
    offset += Int64(bytes.count)
    return bytes
  }
}
