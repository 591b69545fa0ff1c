public import Base

/// One node of a chat's tree.
public struct Message: Codable, Hashable, Sendable {
  public enum Role: String, Codable, Hashable, Sendable, CaseIterable {
    case user, assistant, system, narrator
  }
  /// `partial` is text whose generation did not come to its end.
  public enum Status: String, Codable, Hashable, Sendable, CaseIterable { case complete, streaming, partial }

  public var id: ULID
  public var chat: ULID
  public var parent: ULID?
  public var role: Role
  /// Who wrote a line that is neither the owner's nor the companion's; kept for chats of several.
  public var author: String?
  public var companion: ULID?
  public var parts: [Part]
  public var status: Status
  public var finish: Finish?
  public var turn: ULID?
  public var state: SceneState?
  public var siblings: Siblings
  public var images: [ULID]
  public var model: String?
  public var usage: Usage?
  /// Out of the prompt, not of the chat.
  public var hidden: Bool?
  public var mark: String?
  public var editedAt: Timestamp?
  public var createdAt: Timestamp
  public var revision: Int64
  public var change: Int64

  public init(
    id: ULID, chat: ULID, parent: ULID? = nil, role: Role, parts: [Part], status: Status = .complete,
    finish: Finish? = nil, turn: ULID? = nil, siblings: Siblings = Siblings(index: 0, count: 1),
    images: [ULID] = [], createdAt: Timestamp, revision: Int64 = 1, change: Int64
  ) {
    self.id = id
    self.chat = chat
    self.parent = parent
    self.role = role
    self.parts = parts
    self.status = status
    self.finish = finish
    self.turn = turn
    self.siblings = siblings
    self.images = images
    self.createdAt = createdAt
    self.revision = revision
    self.change = change
  }

  /// Where a message stands among those with the same parent, counted from 0.
  public struct Siblings: Codable, Hashable, Sendable {
    public var index: Int
    public var count: Int

    public init(index: Int, count: Int) {
      self.index = index
      self.count = count
    }
  }

  /// The text parts joined: what is shown, searched, and told to a model.
  public var text: String { parts.compactMap(\.text).joined() }
}

/// How a piece of generation came to its end.
public enum Finish: String, Codable, Hashable, Sendable, CaseIterable {
  case stop, length, cancelled, interrupted, filtered, error
}
