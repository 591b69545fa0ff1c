package import Base
package import FoundationEssentials
import Glibc
package import Model
import Store

/// Things that come in pieces, kept as files beside the vault until a call uses them or nobody has touched them for an hour.
///
/// Runs on the files' thread: writing half a megabyte may wait for the disk, and the loop must not.
package actor UploadDesk {
  package struct Upload: Sendable {
    package let id: String
    package let expiresAt: Timestamp
  }

  package struct Progress: Sendable {
    package let received: Int64
    package let isComplete: Bool
  }

  private struct State {
    let owner: Owner
    let path: String
    let bytes: Int64
    var received: Int64 = 0
    /// Since the last piece.
    var untouched: Stopwatch
    let expiry: Task<Void, Never>
  }

  private let surroundings: Engine.Surroundings
  private let log: Log
  private var uploads: [String: State] = [:]
  private var swept: Set<Owner> = []

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe surroundings.files.asUnownedSerialExecutor()
  }

  init(_ surroundings: Engine.Surroundings) {
    self.surroundings = surroundings
    log = Log(surroundings.log, component: "uploads")
  }

  package func begin(bytes: Int64, for owner: Owner) async throws(EngineError) -> Upload {
    let limits = surroundings.limits
    guard bytes > 0 else { throw .invalid(path: "bytes", expected: "at least 1") }
    guard bytes <= limits.maxUploadBytes else {
      throw .tooLarge(what: "An upload", limit: Int64(limits.maxUploadBytes))
    }
    let folder = try await folder(of: owner)
    guard uploads.values.count(where: { $0.owner == owner }) < limits.maxUploads else {
      throw .tooMany(what: "uploads at a time", limit: limits.maxUploads)
    }
    let id = surroundings.ids.make().description
    let path = "\(folder)/\(id)"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open", path) }
    close(descriptor)
    uploads[id] = State(
      owner: owner, path: path, bytes: bytes, untouched: Stopwatch(surroundings.clock),
      expiry: Task(executorPreference: surroundings.files as? any TaskExecutor) { await self.expire(id) })
    return Upload(id: id, expiresAt: surroundings.wallClock.now() + limits.transferLifetime)
  }

  /// One sleeper an upload, however many pieces come: it looks again when the last one was too recent.
  private func expire(_ id: String) async {
    while let upload = uploads[id] {
      let rest = surroundings.limits.transferLifetime - upload.untouched.elapsed()
      guard rest > .zero else { return forget(id) }
      guard (try? await surroundings.clock.sleep(for: rest)) != nil else { return }
    }
  }

  /// Idempotent by offset: what is there already must be the same, what follows is appended.
  package func write(_ data: Data, to id: String, at offset: Int64, for owner: Owner) throws(EngineError)
    -> Progress
  {
    guard var upload = uploads[id], upload.owner == owner else { throw .notFound(kind: "upload", id: id) }
    let limits = surroundings.limits
    guard data.count <= limits.uploadPieceBytes else {
      throw .tooLarge(what: "A piece", limit: Int64(limits.uploadPieceBytes))
    }
    guard offset >= 0, offset <= upload.received else {
      throw .uploadConflict(upload: id, received: upload.received)
    }
    guard offset + Int64(data.count) <= upload.bytes else {
      throw .tooLarge(what: "This upload", limit: upload.bytes)
    }
    let known = Int(min(upload.received - offset, Int64(data.count)))
    let descriptor = unsafe open(upload.path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw failure("open", upload.path) }
    defer { close(descriptor) }
    let bytes = [UInt8](data)
    if known > 0 {
      var there = [UInt8](repeating: 0, count: known)
      let count = unsafe pread(descriptor, &there, known, Int(offset))
      guard count == known else { throw failure("read", upload.path) }
      guard there.elementsEqual(bytes.prefix(known)) else {
        throw .uploadConflict(upload: id, received: upload.received)
      }
    }
    var at = known
    while at < bytes.count {
      let piece = bytes.span.extracting(at..<bytes.count)
      let count = unsafe piece.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress, $0.count, Int(offset) + at)
      }
      guard count > 0 else {
        let error = failure("write", upload.path)
        ftruncate(descriptor, Int(upload.received))
        throw error
      }
      at += count
    }
    upload.received = max(upload.received, offset + Int64(bytes.count))
    upload.untouched = Stopwatch(surroundings.clock)
    uploads[id] = upload
    return Progress(received: upload.received, isComplete: upload.received == upload.bytes)
  }

  // MARK: Using one

  /// How long an upload is that a method is to use. It must be whole.
  func size(of id: String, for owner: Owner) throws(EngineError) -> Int64 {
    guard let upload = uploads[id], upload.owner == owner else { throw .notFound(kind: "upload", id: id) }
    guard upload.received == upload.bytes else {
      throw .invalid(
        path: "upload",
        expected: "an upload that is whole; \(upload.received) of \(upload.bytes) bytes are here")
    }
    return upload.bytes
  }

  /// A piece of one. Whoever reads on keeps it from expiring.
  func read(_ id: String, from offset: Int64, atMost count: Int, for owner: Owner) throws(EngineError)
    -> [UInt8]
  {
    let size = try size(of: id, for: owner)
    guard let path = uploads[id]?.path else { throw .notFound(kind: "upload", id: id) }
    uploads[id]?.untouched = Stopwatch(surroundings.clock)
    let wanted = Int(min(Int64(count), max(0, size - offset)))
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: wanted)
    let got = unsafe pread(descriptor, &bytes, wanted, Int(offset))
    guard got == wanted else { throw failure("read", path) }
    return bytes
  }

  /// It has served its purpose.
  func use(up id: String, for owner: Owner) {
    if uploads[id]?.owner == owner { forget(id) }
  }

  /// Used up, expired, or given up.
  private func forget(_ id: String) {
    guard let upload = uploads.removeValue(forKey: id) else { return }
    upload.expiry.cancel()
    if unsafe unlink(upload.path) != 0, errno != ENOENT {
      log.warning("An upload's file could not be removed.", ["file": upload.path, "errno": errno])
    }
  }

  /// The owner's folder for uploads; what an earlier process left there is of no use any more.
  private func folder(of owner: Owner) async throws(EngineError) -> String {
    let folder = try await surroundings.vault(of: owner).folder + "/uploads"
    if unsafe mkdir(folder, 0o700) != 0, errno != EEXIST { throw failure("mkdir", folder) }
    if swept.insert(owner).inserted {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names where ULID(name) != nil { unsafe unlink("\(folder)/\(name)") }
    }
    return folder
  }

  private func failure(_ call: String, _ path: String) -> EngineError {
    switch errno {
    case ENOSPC, EDQUOT, EFBIG: .storageFull
    default: .storageFailed("\(call) \(path): errno \(errno)")
    }
  }
}
