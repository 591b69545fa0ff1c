import Base
import Glibc

/// The files of an owner's pictures, named by their content, in `pictures/ab/cd/` beside the database.
///
/// A file comes first and its row after it; a row goes first and its file after it. So whatever is cut short leaves a file too many and
/// never one too few. Between coming and its row a file is *claimed*: the writer, who removes files without rows, leaves it alone.
///
/// Calls block on the disk: from the threads for pictures or for files, and from the writer's where it says so.
package final class PictureFiles: Sendable {
  let path: String
  private var incoming: String { path + "/incoming" }
  /// How often each is claimed. Held while a file is looked for and while one is removed, so that neither happens inside the other.
  private let claims = Lock<[PictureHash: Int]>([:])
  private let counter = Lock<UInt64>(0)

  /// Removes what a crash left half-written: nobody else writes here, the vault's lock sees to that.
  init(_ path: String) {
    self.path = path
    for name in Self.names(in: incoming) { unsafe unlink(incoming + "/" + name) }
  }

  package func path(of hash: PictureHash) -> String {
    let (first, second) = hash.folders
    return "\(path)/\(first)/\(second)/\(hash.fileName)"
  }

  /// Writes a content under its name, durably, and claims it; costs one look where it is there already. `release` follows in any case,
  /// once the row is stored or never will be.
  package func keep(_ content: [UInt8]) throws(StoreError) -> PictureHash {
    let hash = PictureHash(of: content)
    let isThere = claims.withLock { claims in
      claims[hash, default: 0] += 1
      return Files.size(path(of: hash)) == Int64(content.count)
    }
    guard !isThere else { return hash }
    do throws(StoreError) {
      try write(content, as: hash)
    } catch {
      release(hash)
      throw error
    }
    return hash
  }

  package func release(_ hash: PictureHash) {
    claims.withLock { claims in
      guard let count = claims[hash] else { return }
      claims[hash] = count > 1 ? count - 1 : nil
    }
  }

  /// Nil where it is not there; at most `limit` bytes, which is more than any that was written here.
  package func read(_ hash: PictureHash, limit: Int = 64 << 20) -> [UInt8]? {
    let path = path(of: hash)
    guard let size = Files.size(path), size <= Int64(limit) else { return nil }
    return Files.read(path, Int(size))
  }

  package func has(_ hash: PictureHash) -> Bool { Files.size(path(of: hash)) != nil }

  /// The writer's, after the commit that left it without a row. It stays when somebody has claimed it since.
  func remove(_ hash: PictureHash) {
    claims.withLock { claims in
      if claims[hash] == nil { unsafe unlink(path(of: hash)) }
    }
  }

  // MARK: Writing

  private func write(_ content: [UInt8], as hash: PictureHash) throws(StoreError) {
    let (first, second) = hash.folders
    for folder in [path, incoming, "\(path)/\(first)", "\(path)/\(first)/\(second)"] {
      try makeFolder(folder)
    }
    let number = counter.withLock { counter in
      counter += 1
      return counter
    }
    let temporary = "\(incoming)/\(hash.text.prefix(16))-\(number)"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Files.failure(temporary) }
    do throws(StoreError) {
      defer { close(descriptor) }
      try Self.write(content, to: descriptor, temporary)
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    guard unsafe rename(temporary, path(of: hash)) == 0 else {
      let error = Files.failure(path(of: hash))
      unsafe unlink(temporary)
      throw error
    }
    try Files.sync("\(path)/\(first)/\(second)")
  }

  private static func write(
    _ content: [UInt8], to descriptor: Int32, _ path: String
  ) throws(StoreError) {
    var at = 0
    while at < content.count {
      let piece = content.span.extracting(at..<content.count)
      let count = unsafe piece.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Files.failure(path) }
      at += count
    }
    guard fsync(descriptor) == 0 else {
      throw fullErrors.contains(errno)
        ? .storageFull : .storageFailed("fsync of \(path): \(Files.reason())")
    }
  }

  /// A new folder's name is made durable with it: a file in a folder that is gone after a power loss would be gone as well.
  private func makeFolder(_ folder: String) throws(StoreError) {
    if unsafe mkdir(folder, 0o700) == 0 { return try Files.sync(Files.folder(of: folder)) }
    guard errno == EEXIST else { throw Files.failure(folder) }
  }

  // MARK: Looking around

  /// A file that lies there, with what `collect` asks of it.
  struct Found: Sendable {
    let hash: PictureHash
    let bytes: Int64
    /// Seconds since 1970.
    let modified: Int64
  }

  /// All files, folder by folder; what is not named as ours is nobody's business.
  func all() -> [Found] {
    var found: [Found] = []
    for first in Self.names(in: path) where first.utf8.count == 2 {
      for second in Self.names(in: "\(path)/\(first)") where second.utf8.count == 2 {
        for name in Self.names(in: "\(path)/\(first)/\(second)") {
          guard let hash = PictureHash(fileName: name), hash.folders == (first, second) else { continue }
          var status = stat()
          guard unsafe lstat("\(path)/\(first)/\(second)/\(name)", &status) == 0 else { continue }
          found.append(
            Found(hash: hash, bytes: Int64(status.st_size), modified: Int64(status.st_mtim.tv_sec)))
        }
      }
    }
    return found
  }

  private static func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
