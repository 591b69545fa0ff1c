public import Base

/// A picture an owner has: two files, and where it comes from. Its content never changes.
public struct Image: Codable, Hashable, Sendable {
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// Of what goes on in a chat.
    case scene
    case portrait
    /// What stands above a companion's page.
    case header
    case edit
    case imagine
    /// Brought by the person.
    case upload
  }

  public var id: ULID
  public var companion: ULID?
  public var chat: ULID?
  public var message: ULID?
  public var kind: Kind
  /// Absolute, and only for the user whose files the daemon's are: everybody else reads the bytes by a call.
  public var path: String?
  public var thumb: String?
  public var mime: String
  public var width: Int
  public var height: Int
  public var bytes: Int64
  /// Of what it was made of.
  public var originalBytes: Int64
  public var prompt: String?
  public var negative: String?
  /// What else it was asked for with, so that it can be made again.
  public var params: JSONValue?
  /// `provider/model`, as the job named it.
  public var provider: String?
  /// Stands in for one that could not be made, or comes from a provider that only draws such.
  public var placeholder: Bool?
  /// In decimal: not every number of 64 bits fits a number in JSON.
  public var seed: String?
  /// What a model saw in it.
  public var description: String?
  public var createdAt: Timestamp
  public var change: Int64

  public init(
    id: ULID, companion: ULID? = nil, chat: ULID? = nil, message: ULID? = nil, kind: Kind,
    mime: String = "image/jpeg", width: Int, height: Int, bytes: Int64, originalBytes: Int64,
    createdAt: Timestamp, change: Int64 = 0
  ) {
    self.id = id
    self.companion = companion
    self.chat = chat
    self.message = message
    self.kind = kind
    self.mime = mime
    self.width = width
    self.height = height
    self.bytes = bytes
    self.originalBytes = originalBytes
    self.createdAt = createdAt
    self.change = change
  }
}

/// What an owner's pictures weigh.
public struct ImageStats: Codable, Hashable, Sendable {
  public var images: Int64
  /// By kind, those there are.
  public var kinds: [String: Int64]
  public var files: Int64
  /// Of all files, a content once.
  public var bytes: Int64
  /// How much there may be; absent where nothing is said.
  public var quota: Int64?
  /// What the pictures' originals had together: the difference is what storing them well has saved.
  public var originalBytes: Int64

  public init(
    images: Int64, kinds: [String: Int64], files: Int64, bytes: Int64, quota: Int64?, originalBytes: Int64
  ) {
    self.images = images
    self.kinds = kinds
    self.files = files
    self.bytes = bytes
    self.quota = quota
    self.originalBytes = originalBytes
  }
}

/// Files without a row, and rows without a file.
public struct ImageCollection: Codable, Hashable, Sendable {
  /// Files that nothing belongs to.
  public var orphans: Int
  public var orphanBytes: Int64
  /// How many of them are gone now.
  public var removed: Int
  /// Pictures of which a file is not there.
  public var missing: [ULID]

  public init(orphans: Int, orphanBytes: Int64, removed: Int, missing: [ULID]) {
    self.orphans = orphans
    self.orphanBytes = orphanBytes
    self.removed = removed
    self.missing = missing
  }
}
