import Base
import Model

// A reply tells of its turn six or seven times, to everybody who listens, and the first of them stand before its first token.

extension JSONWriter {
  /// Failures and results, which are rare, are left to the encoder.
  mutating func value(_ turn: Turn) {
    object { json in
      if let base = turn.base {
        json.name("base")
        json.value(base)
      }
      json.identifier("chat", turn.chat)
      json.identifier("companion", turn.companion)
      if let endedAt = turn.endedAt {
        json.name("endedAt")
        json.plain(endedAt)
      }
      json.member("error", turn.error)
      if let finish = turn.finish {
        json.name("finish")
        json.plain(finish.rawValue)
      }
      json.name("id")
      json.plain(turn.id)
      json.name("kind")
      json.plain(turn.kind.rawValue)
      json.name("model")
      json.value(turn.model)
      json.name("next")
      json.value(turn.next)
      json.name("phase")
      json.plain(turn.phase.rawValue)
      json.identifier("replyId", turn.replyId)
      json.member("result", turn.result)
      json.identifier("retryOf", turn.retryOf)
      json.name("startedAt")
      json.plain(turn.startedAt)
      if let timing = turn.timing {
        json.name("timing")
        json.value(timing)
      }
      if let usage = turn.usage {
        json.name("usage")
        json.value(usage)
      }
    }
  }

  mutating func value(_ timing: Timing) {
    object { json in
      if let first = timing.firstTokenMs {
        json.name("firstTokenMs")
        json.value(first)
      }
      json.name("queuedMs")
      json.value(timing.queuedMs)
      json.name("totalMs")
      json.value(timing.totalMs)
    }
  }

  mutating func value(_ usage: Usage) {
    object { json in
      if let cached = usage.cachedTokens {
        json.name("cachedTokens")
        json.value(cached)
      }
      json.name("completionTokens")
      json.value(usage.completionTokens)
      json.name("estimated")
      json.value(usage.estimated)
      json.name("promptTokens")
      json.value(usage.promptTokens)
    }
  }
}

extension TurnStarted.Payload: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.name("turn")
      json.value(turn)
    }
  }
}

extension TurnPhaseNotification.Params: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.identifier("chat", chat)
      if let detail {
        json.name("detail")
        json.value(detail)
      }
      json.name("phase")
      json.plain(phase.rawValue)
      json.name("turn")
      json.plain(turn)
    }
  }
}

extension StreamBegin.Params: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      if let chat {
        json.name("chat")
        json.value(chat)
      }
      json.name("from")
      json.value(from)
      if let message {
        json.name("message")
        json.value(message)
      }
      json.identifier("parent", parent)
      json.identifier("replyId", replyId)
      json.name("turn")
      json.value(turn)
    }
  }
}

extension StreamEnd.Params: WritesJSON {
  public func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("error", error)
      json.name("finish")
      json.plain(finish.rawValue)
      if let reply {
        json.name("reply")
        json.value(reply)
      }
      json.member("result", result)
      json.name("timing")
      json.value(timing)
      json.name("turn")
      json.value(turn)
      if let usage {
        json.name("usage")
        json.value(usage)
      }
    }
  }
}
