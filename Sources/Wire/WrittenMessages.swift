import Base
import Model

// What carries messages and chats is written by hand: a page has fifty messages, a send answers with one, and both go into events
// that are written whether somebody listens or not.

extension JSONWriter {
  /// What most messages have is written here; scenes and parts that are no text are left to the encoder.
  mutating func value(_ message: Message) {
    object { json in
      if let author = message.author {
        json.name("author")
        json.value(author)
      }
      json.name("change")
      json.value(message.change)
      json.name("chat")
      json.plain(message.chat)
      json.identifier("companion", message.companion)
      json.name("createdAt")
      json.plain(message.createdAt)
      if let editedAt = message.editedAt {
        json.name("editedAt")
        json.plain(editedAt)
      }
      if let finish = message.finish {
        json.name("finish")
        json.plain(finish.rawValue)
      }
      if let hidden = message.hidden {
        json.name("hidden")
        json.value(hidden)
      }
      json.name("id")
      json.plain(message.id)
      json.name("images")
      json.array(message.images) { json, image in json.plain(image) }
      if let mark = message.mark {
        json.name("mark")
        json.value(mark)
      }
      if let model = message.model {
        json.name("model")
        json.value(model)
      }
      json.identifier("parent", message.parent)
      json.name("parts")
      json.array(message.parts) { json, part in json.value(part) }
      json.name("revision")
      json.value(message.revision)
      json.name("role")
      json.plain(message.role.rawValue)
      json.name("siblings")
      json.object { json in
        json.name("count")
        json.value(message.siblings.count)
        json.name("index")
        json.value(message.siblings.index)
      }
      json.member("state", message.state)
      json.name("status")
      json.plain(message.status.rawValue)
      json.identifier("turn", message.turn)
      if let usage = message.usage {
        json.name("usage")
        json.value(usage)
      }
    }
  }

  mutating func value(_ chat: Chat) {
    object { json in
      json.name("archived")
      json.value(chat.archived)
      json.name("change")
      json.value(chat.change)
      json.name("companion")
      json.plain(chat.companion)
      json.name("createdAt")
      json.plain(chat.createdAt)
      json.identifier("head", chat.head)
      json.name("id")
      json.plain(chat.id)
      json.name("messages")
      json.value(chat.messages)
      json.name("mode")
      json.plain(chat.mode.rawValue)
      json.name("revision")
      json.value(chat.revision)
      json.name("settings")
      if chat.settings == ChatSettings() { json.object { _ in } } else { json.encoded(chat.settings) }
      json.name("title")
      json.value(chat.title)
      json.identifier("turn", chat.turn)
      json.name("unread")
      json.value(chat.unread)
      json.name("updatedAt")
      json.plain(chat.updatedAt)
      json.name("version")
      json.value(chat.version)
    }
  }

  private mutating func value(_ part: Part) {
    guard case .text(let text) = part else { return encoded(part) }
    object { json in
      json.name("text")
      json.value(text)
      json.name("type")
      json.plain("text")
    }
  }

  mutating func identifier(_ name: StaticString, _ id: ULID?) {
    guard let id else { return }
    self.name(name)
    plain(id)
  }

  mutating func member(_ name: StaticString, _ value: (some Encodable)?) {
    guard let value else { return }
    self.name(name)
    encoded(value)
  }
}

extension ChatHistory.Result: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.identifier("leaf", leaf)
      json.name("messages")
      json.array(messages) { json, message in json.value(message) }
      json.name("more")
      json.value(more)
      json.name("stale")
      json.value(stale)
      json.identifier("tip", tip)
    }
  }
}

extension MessageSend.Result: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("message")
      json.value(message)
      if let reply {
        json.name("reply")
        json.value(reply)
      }
      json.identifier("replyId", replyId)
      json.member("stale", stale)
      if let turn {
        json.name("turn")
        json.value(turn)
      }
    }
  }
}

extension MessageCreated.Payload: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("chat")
      json.value(chat)
      if let cut {
        json.name("cut")
        json.value(cut)
      }
      json.name("message")
      json.value(message)
    }
  }
}

extension ChatCreated.Payload: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("chat")
      json.value(chat)
      if let cut {
        json.name("cut")
        json.value(cut)
      }
      json.name("revision")
      json.value(revision)
    }
  }
}
