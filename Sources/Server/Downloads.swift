import Base
import FoundationEssentials
import Model
import Posix
import Wire

/// Results that do not fit into a line, kept to be fetched in pieces: few, bounded, and until nobody has touched them for an hour.
@Loop
final class Downloads {
  private struct Download {
    let owner: Owner
    let bytes: [UInt8]
    var timer: LoopTimer
    /// Its last piece was given away: it is kept for a peer that lost the reply, until room is needed.
    var wasRead = false
  }

  private let limits: Limits
  private let ids = ULIDMaker()
  private var downloads: [String: Download] = [:]

  init(limits: Limits) { self.limits = limits }

  /// Leaves what fits as it is; room is left for the envelope around it.
  func offerIfTooLarge(_ outcome: Route.Outcome, of route: Route?, to owner: Owner) -> Route.Outcome {
    guard case .encoded(let bytes) = outcome, bytes.count > limits.maxLineBytes - 1024 else { return outcome }
    guard route?.mayBeLarge == true, bytes.count <= limits.maxUploadBytes,
      makeRoom(for: bytes.count, of: owner)
    else { return .failed(.tooLarge(limit: Int64(limits.maxLineBytes))) }
    let name = ids.make().description
    downloads[name] = Download(owner: owner, bytes: bytes, timer: expiry(of: name))
    guard let offer = try? JSONText.encoder().encode(LargeResult(download: name, bytes: Int64(bytes.count)))
    else {
      return .failed(.internal(incident: "download offer"))
    }
    return .encoded(Array(offer))
  }

  /// Those that were read to their end give way to new ones, the oldest first; the others do not.
  private func makeRoom(for bytes: Int, of owner: Owner) -> Bool {
    while true {
      let mine = downloads.filter { $0.value.owner == owner }
      let held = mine.values.reduce(0) { $0 + $1.bytes.count }
      if mine.count < limits.maxUploads, held + bytes <= limits.maxOwnerBytes { return true }
      // Names are in the order of their making.
      guard let oldest = mine.filter(\.value.wasRead).keys.min() else { return false }
      downloads.removeValue(forKey: oldest)?.timer.cancel()
    }
  }

  private func expiry(of name: String) -> LoopTimer {
    EventLoop.shared.after(limits.transferLifetime) { [weak self] in self?.downloads[name] = nil }
  }

  /// The piece at `offset`, and where the next begins. May be asked again: a reply can be lost.
  func read(_ name: String, offset: Int64, for owner: Owner) throws(RPCError) -> (data: Data, next: Int64?) {
    guard var download = downloads[name], download.owner == owner else {
      throw .notFound(kind: "download", id: name)
    }
    guard offset >= 0, offset <= download.bytes.count else {
      throw .invalidParams(path: "params.offset", expected: "an offset within \(download.bytes.count) bytes")
    }
    let start = Int(offset)
    let end = min(download.bytes.count, start + limits.uploadPieceBytes)
    download.timer.cancel()
    download.timer = expiry(of: name)
    download.wasRead = download.wasRead || end == download.bytes.count
    downloads[name] = download
    return (Data(download.bytes[start..<end]), end < download.bytes.count ? Int64(end) : nil)
  }
}
