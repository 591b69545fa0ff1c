import Base
import FoundationEssentials
import Model
import Posix
import Wire

/// Results that do not fit into a line, kept to be fetched in pieces: few, bounded, and for an hour at most.
@Loop
final class Downloads {
  private struct Download {
    let owner: Owner
    let bytes: [UInt8]
    let timer: LoopTimer
  }

  private let limits: Limits
  private let ids = ULIDMaker()
  private var downloads: [String: Download] = [:]

  init(limits: Limits) { self.limits = limits }

  /// Leaves what fits as it is; room is left for the envelope around it.
  func offerIfTooLarge(_ outcome: Route.Outcome, of route: Route?, to owner: Owner) -> Route.Outcome {
    guard case .encoded(let bytes) = outcome, bytes.count > limits.maxLineBytes - 1024 else { return outcome }
    let mine = downloads.values.filter { $0.owner == owner }
    let held = mine.reduce(0) { $0 + $1.bytes.count }
    guard route?.mayBeLarge == true, bytes.count <= limits.maxUploadBytes, mine.count < limits.maxUploads,
      held + bytes.count <= limits.maxOwnerBytes
    else { return .failed(.tooLarge(limit: Int64(limits.maxLineBytes))) }
    let name = ids.make().description
    let timer = EventLoop.shared.after(limits.transferLifetime) { [weak self] in self?.downloads[name] = nil }
    downloads[name] = Download(owner: owner, bytes: bytes, timer: timer)
    guard let offer = try? JSONText.encoder().encode(LargeResult(download: name, bytes: Int64(bytes.count)))
    else {
      return .failed(.internal(incident: "download offer"))
    }
    return .encoded(Array(offer))
  }

  /// The piece at `offset`, and where the next begins. May be asked again until the hour is over: a reply can be lost.
  func read(_ name: String, offset: Int64, for owner: Owner) throws(RPCError) -> (data: Data, next: Int64?) {
    guard let download = downloads[name], download.owner == owner else {
      throw .notFound(kind: "download", id: name)
    }
    guard offset >= 0, offset <= download.bytes.count else {
      throw .invalidParams(path: "params.offset", expected: "an offset within \(download.bytes.count) bytes")
    }
    let start = Int(offset)
    let end = min(download.bytes.count, start + limits.uploadPieceBytes)
    return (Data(download.bytes[start..<end]), end < download.bytes.count ? Int64(end) : nil)
  }
}
