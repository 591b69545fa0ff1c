public import FoundationEssentials
import Wire

/// Uploads in pieces: the id that comes back stands as `upload` wherever a method takes `data`.
///
/// A piece that got no reply is sent again; a daemon that was restarted has forgotten the upload, so it begins anew.
extension BlockingClient {
  public func upload(_ data: Data, timeout: Duration? = nil) throws -> String {
    try upload(bytes: Int64(data.count), timeout: timeout) {
      data[data.startIndex + Int($0)..<data.startIndex + Int($1)]
    }
  }

  /// `read(from, to)` gives the bytes of a half-open range, so that a file need not be held whole. May be asked twice for the same.
  public func upload(
    bytes: Int64, timeout: Duration? = nil, read: (_ from: Int64, _ to: Int64) throws -> Data
  ) throws -> String {
    var upload = UploadPlan(bytes: bytes)
    while true {
      let begun = try call(UploadBegin.self, UploadBegin.Params(bytes: bytes), timeout: timeout)
      upload.begin(begun)
      do {
        while let (from, to) = upload.next {
          let piece = UploadWrite.Params(upload: begun.upload, offset: from, data: try read(from, to))
          try upload.wrote(to, call(UploadWrite.self, piece, timeout: timeout))
        }
        return begun.upload
      } catch let error as ClientError where upload.mayBeginAgain(after: error) {
        continue
      }
    }
  }
}

extension LoopClient {
  public func upload(_ data: Data, timeout: Duration? = nil) async throws -> String {
    try await upload(bytes: Int64(data.count), timeout: timeout) {
      data[data.startIndex + Int($0)..<data.startIndex + Int($1)]
    }
  }

  public func upload(
    bytes: Int64, timeout: Duration? = nil, read: (_ from: Int64, _ to: Int64) async throws -> Data
  ) async throws -> String {
    var upload = UploadPlan(bytes: bytes)
    while true {
      let begun = try await call(UploadBegin.self, UploadBegin.Params(bytes: bytes), timeout: timeout)
      upload.begin(begun)
      do {
        while let (from, to) = upload.next {
          let data = try await read(from, to)
          let piece = UploadWrite.Params(upload: begun.upload, offset: from, data: data)
          try upload.wrote(to, await call(UploadWrite.self, piece, timeout: timeout))
        }
        return begun.upload
      } catch let error as ClientError where upload.mayBeginAgain(after: error) {
        continue
      }
    }
  }
}

/// Which piece is next, and when to give up.
struct UploadPlan {
  let bytes: Int64
  private var offset: Int64 = 0
  private var pieceBytes: Int64 = 0
  private var beginnings = 0

  init(bytes: Int64) { self.bytes = bytes }

  mutating func begin(_ begun: UploadBegin.Result) {
    beginnings += 1
    offset = 0
    pieceBytes = Int64(min(max(begun.pieceBytes, 1), largestPiece))
  }

  var next: (from: Int64, to: Int64)? {
    offset < bytes ? (offset, min(bytes, offset + pieceBytes)) : nil
  }

  mutating func wrote(_ end: Int64, _ result: UploadWrite.Result) throws(ClientError) {
    guard result.received == end, result.complete == (end == bytes) else {
      throw .fault(.nonsense(method: UploadWrite.name, detail: "\(result.received) received of \(end)"))
    }
    offset = end
  }

  func mayBeginAgain(after error: ClientError) -> Bool {
    guard case .daemon(let refusal) = error else { return false }
    return refusal.code == .notFound && beginnings < 3
  }
}

/// Whatever a daemon would take: a piece in base64 must fit into a line with room to spare.
private let largestPiece = 4 << 20
