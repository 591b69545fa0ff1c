package import Base
package import Model
import SQLite

/// What a vault does about the files of its pictures, beside their rows.
extension Vault {
  /// Files are younger than this for a while before their rows are there, also those of a daemon that was killed.
  static let orphanAge = Duration.seconds(3600)

  /// Removes the files that no picture uses any more, a few a commit. After whatever may have removed rows.
  package func dropUnusedPictures() async throws(StoreError) {
    while try await removing({ try $0.forgetUnusedFiles(limit: Self.filesPerCommit) }) == Self.filesPerCommit
    {}
  }

  private static var filesPerCommit: Int { 32 }

  /// Commits that these files are nobody's, and then removes them, on the writer's thread: before the commit stands their rows may still
  /// come back, and on another thread new ones might. A crash between the two leaves what `collectPictures` finds.
  private func removing(
    _ body: @escaping @Sendable (Transaction) throws -> [PictureHash]
  ) async throws(StoreError) -> Int {
    let pictures = pictures
    let result: Result<Int, StoreError> = await withCheckedContinuation { continuation in
      submit(.finishing, body) { result in
        continuation.resume(
          returning: result.map { hashes in
            for hash in hashes { pictures.remove(hash) }
            return hashes.count
          })
      }
    }
    return try result.get()
  }

  /// Looks for files without rows and rows without files. Reads all names, on the files' thread; with `removing` the former go, when
  /// they have lain there long enough that nobody is about to store their row.
  package func collectPictures(
    removing: Bool, now: Timestamp
  ) async throws(StoreError) -> ImageCollection {
    let pictures = pictures
    if removing { try await dropUnusedPictures() }
    let lying = try await fileWork.perform { pictures.all() }.get()
    let known = Set(try await readSlowly { try $0.pictureFiles() })
    let youngest = (now.milliseconds - Self.orphanAge.wholeMilliseconds) / 1000
    let orphans = lying.filter { !known.contains($0.hash) && $0.modified <= youngest }
    var removed = 0
    if removing {
      for orphan in orphans {
        // Asked once more: between the look and here its row may have come.
        let hash = orphan.hash
        removed += try await self.removing { try $0.isUnknown(hash) ? [hash] : [] }
      }
    }
    let there = Set(lying.map(\.hash))
    let gone = known.filter { !there.contains($0) }
    // What came while the names were read is there by now.
    let missing = try await readSlowly { snapshot in
      try snapshot.images(usingAny: gone.filter { !pictures.has($0) })
    }
    return ImageCollection(
      orphans: orphans.count, orphanBytes: orphans.reduce(0) { $0 + $1.bytes }, removed: removed,
      missing: missing)
  }
}

extension Transaction {
  fileprivate func forgetUnusedFiles(limit: Int) throws(StoreError) -> [PictureHash] {
    let unused = try rows(PictureFileTable.unused, .integer(limit)) { PictureHash($0.bytes(0)) }
      .compactMap { $0 }
    for hash in unused { try run(PictureFileTable.remove, .bytes(hash.bytes)) }
    return unused
  }

  fileprivate func isUnknown(_ hash: PictureHash) throws(StoreError) -> Bool {
    try first(PictureFileTable.one, .bytes(hash.bytes)) { _ in true } == nil
  }
}
