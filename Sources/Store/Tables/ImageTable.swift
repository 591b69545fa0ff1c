package import Base
package import Model
import SQLite

/// Pictures. What they show never changes; what they belong to takes them into the trash and back.
enum ImageTable {
  static let visible = VisibleTable(kind: "image", table: "images", name: .ulid, condition: "hidden = 0")

  private static let columns = """
    SELECT i.ulid, (SELECT ulid FROM companions WHERE id = i.companion), (SELECT ulid FROM chats WHERE id = i.chat),
      (SELECT ulid FROM messages WHERE id = i.message), i.kind, i.file, i.thumb, i.mime, i.width, i.height, i.bytes,
      i.original, i.prompt, i.negative, i.params, i.provider, i.placeholder, i.seed,
      (SELECT d.text FROM picture_descriptions d WHERE d.hash = i.file), i.created, i.change, i.id
    FROM images i
    """
  static let byID = Query("\(columns) WHERE i.ulid = ? AND i.hidden = 0")
  static let page = Query("\(columns) WHERE i.hidden = 0 AND i.id < ?1 ORDER BY i.id DESC LIMIT ?2")
  static let pageOfKind = Query(
    "\(columns) WHERE i.hidden = 0 AND i.kind = ?3 AND i.id < ?1 ORDER BY i.id DESC LIMIT ?2")
  static let pageOfCompanion = Query(
    """
    \(columns) WHERE i.hidden = 0 AND i.companion = (SELECT id FROM companions WHERE ulid = ?3) AND i.id < ?1
    ORDER BY i.id DESC LIMIT ?2
    """)
  static let pageOfCompanionAndKind = Query(
    """
    \(columns) WHERE i.hidden = 0 AND i.companion = (SELECT id FROM companions WHERE ulid = ?3) AND i.kind = ?4
      AND i.id < ?1 ORDER BY i.id DESC LIMIT ?2
    """)
  // The plus keeps SQLite from any other index than the chat's.
  static let pageOfChat = Query(
    """
    \(columns) WHERE i.chat = (SELECT id FROM chats WHERE ulid = ?3) AND +i.hidden = 0 AND i.id < ?1
      AND (?4 IS NULL OR +i.kind = ?4) AND (?5 IS NULL OR +i.companion = (SELECT id FROM companions WHERE ulid = ?5))
    ORDER BY i.id DESC LIMIT ?2
    """)
  static let insert = Query(
    """
    INSERT INTO images (ulid, companion, chat, message, kind, file, thumb, mime, width, height, bytes, original, prompt,
      negative, params, provider, placeholder, seed, created, change)
    VALUES (?1, (SELECT id FROM companions WHERE ulid = ?2), (SELECT id FROM chats WHERE ulid = ?3),
      (SELECT id FROM messages WHERE ulid = ?4), ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)
    """)
  static let restamp = Query("UPDATE images SET change = ?2 WHERE id = ?1")
  static let hide = Query("UPDATE images SET trash = ?2 WHERE id = ?1")
  static let show = Query("UPDATE images SET trash = NULL, change = ?2 WHERE id = ?1")
  static let inEntry = Query("SELECT id, ulid FROM images WHERE trash = ? ORDER BY id")
  /// 1 when what a picture of the entry belongs to is in the trash itself.
  static let blocked = Query(
    """
    SELECT 1 FROM images i LEFT JOIN messages m ON m.id = i.message LEFT JOIN chats c ON c.id = i.chat
      LEFT JOIN companions o ON o.id = i.companion
    WHERE i.trash = ?1 AND (m.trash IS NOT NULL OR c.trash IS NOT NULL OR o.trash IS NOT NULL) LIMIT 1
    """)
  static let purge = Query("DELETE FROM images WHERE trash = ?")
  /// Of a message that goes into the trash, or came back: those that were and are not there by themselves.
  static let ofMessage = Query("SELECT id, ulid FROM images WHERE message = ? AND trash IS NULL ORDER BY id")
  static let ofChat = Query(
    "SELECT id FROM images WHERE chat = ? AND id > ? AND hidden = 0 ORDER BY id LIMIT 200")
  static let ofCompanion = Query(
    "SELECT id FROM images WHERE companion = ? AND id > ? AND hidden = 0 ORDER BY id LIMIT 200")
  static let restampMessageOf = Query(
    "UPDATE messages SET change = ?2 WHERE id = (SELECT message FROM images WHERE id = ?1) AND trash IS NULL")
  static let companionsShowing = Query("SELECT id FROM companions WHERE portrait = ?1 OR header = ?1")
  static let restampCompanion = Query("UPDATE companions SET change = ?2 WHERE id = ?1")
  static let counts = Query("SELECT kind, count(*), sum(original) FROM images WHERE hidden = 0 GROUP BY kind")
}

/// A picture about to be stored. Its files are there, and claimed.
package struct NewImage: Sendable {
  package var image: Image
  package var file: PictureHash
  package var thumb: PictureHash
  package var thumbBytes: Int64

  package init(_ image: Image, file: PictureHash, thumb: PictureHash, thumbBytes: Int64) {
    self.image = image
    self.file = file
    self.thumb = thumb
    self.thumbBytes = thumbBytes
  }
}

package struct StoredImage: Sendable, Hashable {
  package var image: Image
  package let file: PictureHash
  package let thumb: PictureHash
  let row: Int64
}

extension Reading {
  package func storedImage(_ id: ULID) throws(StoreError) -> StoredImage {
    guard let found = try images(ImageTable.byID, [.ulid(id)]).first else {
      throw .notFound(kind: "image", id: id.description)
    }
    return found
  }

  /// The newest first.
  package func images(
    companion: ULID? = nil, chat: ULID? = nil, kind: Image.Kind? = nil, before: Int64? = nil, limit: Int
  ) throws(StoreError) -> Page<StoredImage> {
    let common: [Value] = [.integer(before ?? .max), .integer(limit + 1)]
    let found: [StoredImage]
    switch (chat, companion, kind) {
    case (let chat?, _, _):
      _ = try storedChat(chat)
      found = try images(
        ImageTable.pageOfChat, common + [.ulid(chat), .optional(kind?.rawValue), .optional(companion)])
    case (nil, let companion?, let kind?):
      found = try images(
        ImageTable.pageOfCompanionAndKind, common + [.ulid(companion), .text(kind.rawValue)])
    case (nil, let companion?, nil):
      found = try images(ImageTable.pageOfCompanion, common + [.ulid(companion)])
    case (nil, nil, let kind?):
      found = try images(ImageTable.pageOfKind, common + [.text(kind.rawValue)])
    case (nil, nil, nil): found = try images(ImageTable.page, common)
    }
    return Page(found, limit: limit) { found[$0].row }
  }

  package func imageStats(quota: Int64) throws(StoreError) -> ImageStats {
    let kinds = try rows(ImageTable.counts) { (kind: $0.text(0), count: $0.integer(1), bytes: $0.integer(2)) }
    return ImageStats(
      images: kinds.reduce(0) { $0 + $1.count },
      kinds: Dictionary(kinds.map { ($0.kind, $0.count) }) { $1 },
      files: try first(PictureFileTable.count) { $0.integer(0) } ?? 0, bytes: try pictureBytes(),
      quota: quota > 0 ? quota : nil, originalBytes: kinds.reduce(0) { $0 + $1.bytes })
  }

  private func images(_ query: Query, _ values: [Value]) throws(StoreError) -> [StoredImage] {
    let found = try rows(query, values) { row -> (StoredImage, [UInt8]?)? in
      guard let file = PictureHash(row.bytes(5)), let thumb = PictureHash(row.bytes(6)) else { return nil }
      var image = Image(
        id: row.ulid(0), companion: row.optionalULID(1), chat: row.optionalULID(2),
        message: row.optionalULID(3),
        kind: Image.Kind(rawValue: row.text(4)) ?? .imagine, mime: row.text(7), width: Int(row.integer(8)),
        height: Int(row.integer(9)), bytes: row.integer(10), originalBytes: row.integer(11),
        createdAt: Timestamp(milliseconds: row.integer(19)), change: row.integer(20))
      (image.prompt, image.negative) = (row.optionalText(12), row.optionalText(13))
      (image.provider, image.seed) = (row.optionalText(15), row.optionalText(17))
      image.placeholder = row.bool(16) ? true : nil
      image.description = row.optionalText(18)
      return (
        StoredImage(image: image, file: file, thumb: thumb, row: row.integer(21)), row.optionalBytes(14)
      )
    }
    var images: [StoredImage] = []
    for case (var stored, let params)? in found {
      stored.image.params = try decoded(params)
      images.append(stored)
    }
    return images
  }
}

extension Transaction {
  /// What it belongs to must be there; the message tells of it, and so changes.
  package func insert(_ new: NewImage) throws(StoreError) -> Image {
    let image = new.image
    if let companion = image.companion { _ = try storedCompanion(companion) }
    if let chat = image.chat { _ = try storedChat(chat) }
    if let message = image.message { _ = try storedMessage(message) }
    try run(PictureFileTable.add, .bytes(new.file.bytes), .integer(image.bytes))
    try run(PictureFileTable.add, .bytes(new.thumb.bytes), .integer(new.thumbBytes))
    try run(
      ImageTable.insert, .ulid(image.id), .optional(image.companion), .optional(image.chat),
      .optional(image.message), .text(image.kind.rawValue), .bytes(new.file.bytes), .bytes(new.thumb.bytes),
      .text(image.mime), .integer(image.width), .integer(image.height), .integer(image.bytes),
      .integer(image.originalBytes), .optional(image.prompt), .optional(image.negative),
      try encoded(image.params), .optional(image.provider), .bool(image.placeholder ?? false),
      .optional(image.seed), .integer(now.milliseconds), .integer(stamp()))
    if image.message != nil { try run(ImageTable.restampMessageOf, .integer(insertedRow), .integer(stamp())) }
    return try storedImage(image.id).image
  }

  /// Into the trash. Its files stay until the entry is purged.
  package func delete(image id: ULID, entry: ULID) throws(StoreError) -> Image {
    let stored = try storedImage(id)
    let trash = try makeEntry(
      entry, kind: "image", item: id, title: stored.image.prompt ?? stored.image.kind.rawValue)
    try run(ImageTable.hide, .integer(stored.row), .integer(trash))
    try bury(kind: "image", id: id.description)
    try restampShowing(image: id, stored.row)
    return stored.image
  }

  func restoreImages(_ entry: StoredTrash) throws(StoreError) {
    if try first(ImageTable.blocked, .integer(entry.row), read: { _ in true }) != nil {
      throw .body(RestoreBlocked(by: "what it belongs to is in the trash"))
    }
    for image in try rows(
      ImageTable.inEntry, .integer(entry.row), read: { (row: $0.integer(0), id: $0.ulid(1)) })
    {
      try run(ImageTable.show, .integer(image.row), .integer(stamp()))
      try unbury(kind: "image", id: image.id.description)
      try restampShowing(image: image.id, image.row)
    }
  }

  /// A message's pictures go with it, and come back with it.
  func bury(imagesOfMessage row: Int64) throws(StoreError) {
    for image in try rows(ImageTable.ofMessage, .integer(row), read: { $0.ulid(1) }) {
      try bury(kind: "image", id: image.description)
    }
  }

  func unbury(imagesOfMessage row: Int64) throws(StoreError) {
    for image in try rows(
      ImageTable.ofMessage, .integer(row), read: { (row: $0.integer(0), id: $0.ulid(1)) })
    {
      try unbury(kind: "image", id: image.id.description)
      try restamp(image: image.row)
    }
  }

  func restamp(image row: Int64) throws(StoreError) {
    try run(ImageTable.restamp, .integer(row), .integer(stamp()))
  }

  /// Whoever shows a picture is different without it.
  private func restampShowing(image: ULID, _ row: Int64) throws(StoreError) {
    try run(ImageTable.restampMessageOf, .integer(row), .integer(stamp()))
    for companion in try rows(ImageTable.companionsShowing, .ulid(image), read: { $0.integer(0) }) {
      try run(ImageTable.restampCompanion, .integer(companion), .integer(stamp()))
    }
  }
}
