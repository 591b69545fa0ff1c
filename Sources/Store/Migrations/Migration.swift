import Base

/// One step of the schema. Once released it is never edited: a vault remembers the checksum of each it was given.
struct Migration: Sendable {
  let number: Int
  let name: String
  let sql: String

  var checksum: String { SHA256.hex(sql.utf8) }

  /// All of them, in order; their numbers count from one without a gap.
  static let all: [Migration] = [
    .m0001Settings, .m0002Companions, .m0003Chats, .m0004Accounts, .m0005Search, .m0006Unread,
    .m0007Scenes, .m0008Analyses, .m0009Cards, .m0010Pictures,
  ]
}
