package import Base
package import Model
import SQLite

/// The files of pictures, a content once, with how many pictures use each; the counts are the triggers'.
enum PictureFileTable {
  static let add = Query(
    "INSERT INTO picture_files (hash, bytes, uses) VALUES (?, ?, 0) ON CONFLICT (hash) DO NOTHING")
  static let one = Query("SELECT 1 FROM picture_files WHERE hash = ?")
  static let all = Query("SELECT hash FROM picture_files")
  static let unused = Query("SELECT hash FROM picture_files WHERE uses = 0 LIMIT ?")
  static let remove = Query("DELETE FROM picture_files WHERE hash = ? AND uses = 0")
  static let total = Query("SELECT picture_bytes FROM vault")
  static let count = Query("SELECT count(*) FROM picture_files")
  static let users = Query("SELECT ulid FROM images WHERE file = ?1 OR thumb = ?1 ORDER BY id")
  static let describe = Query(
    """
    INSERT INTO picture_descriptions (hash, text, model, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (hash) DO UPDATE SET text = excluded.text, model = excluded.model, at = excluded.at
    """)
}

/// What pictures would weigh together is more than the owner may have.
package struct PictureQuotaExceeded: Error, Hashable {
  package let limit: Int64
}

extension Reading {
  /// What all of the owner's picture files weigh. Costs one row.
  package func pictureBytes() throws(StoreError) -> Int64 {
    try first(PictureFileTable.total) { $0.integer(0) } ?? 0
  }

  /// Refuses what is over the quota already; 0 is none.
  package func check(pictureQuota quota: Int64) throws(StoreError) {
    guard quota > 0, try pictureBytes() >= quota else { return }
    throw .body(PictureQuotaExceeded(limit: quota))
  }

  func pictureFiles() throws(StoreError) -> [PictureHash] {
    try rows(PictureFileTable.all) { PictureHash($0.bytes(0)) }.compactMap { $0 }
  }

  /// Those that need any of these files, the trash's among them. Reads all pictures once a file.
  func images(usingAny hashes: some Collection<PictureHash>) throws(StoreError) -> [ULID] {
    var found: [ULID] = []
    for hash in hashes {
      for image in try rows(PictureFileTable.users, .bytes(hash.bytes), read: { $0.ulid(0) })
      where !found.contains(image) { found.append(image) }
    }
    return found
  }
}

extension Transaction {
  /// What a model saw in a picture's content: all pictures with it say so from here on.
  package func keep(description text: String, by model: String, of image: ULID) throws(StoreError) -> Image {
    let stored = try storedImage(image)
    try run(
      PictureFileTable.describe, .bytes(stored.file.bytes), .text(text), .text(model),
      .integer(now.milliseconds))
    try restamp(image: stored.row)
    return try storedImage(image).image
  }
}
