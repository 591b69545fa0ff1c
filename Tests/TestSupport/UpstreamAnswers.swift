/// The scripts most tests need, made of the few steps there are.
extension [ScriptedUpstream.Step] {
  /// A whole answer with its length.
  package static func whole(
    _ status: Int = 200, type: String = "application/json", headers: [String: String] = [:], _ body: String
  ) -> Self {
    let bytes = [UInt8](body.utf8)
    return [.head(status, type: type, headers: headers, length: bytes.count), .send(bytes)]
  }

  /// A chunked answer of these pieces, each in its own packet and chunk, with its proper end.
  package static func chunked(
    type: String = "text/event-stream", headers: [String: String] = [:], _ pieces: [[UInt8]]
  ) -> Self {
    [.head(type: type, headers: headers)] + pieces.map { .chunk($0) } + [.end]
  }

  package static func chunked(
    type: String = "text/event-stream", headers: [String: String] = [:], _ pieces: [String]
  ) -> Self {
    chunked(type: type, headers: headers, pieces.map { [UInt8]($0.utf8) })
  }

  /// An event stream of these `data:` values.
  package static func events(_ data: [String]) -> Self { chunked(data.map { "data: \($0)\n\n" }) }
}

extension ScriptedUpstream.Step {
  /// A status line and headers; without a length the body that follows is chunked.
  package static func head(
    _ status: Int = 200, type: String = "text/event-stream", headers: [String: String] = [:],
    length: Int? = nil
  ) -> Self {
    var text = "HTTP/1.1 \(status) Scripted\r\ncontent-type: \(type)\r\n"
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { text += "\(name): \(value)\r\n" }
    text += length.map { "content-length: \($0)\r\n" } ?? "transfer-encoding: chunked\r\n"
    return .send(Array("\(text)\r\n".utf8))
  }

  /// A head whose body ends with the connection.
  package static func openHead(_ status: Int = 200, type: String = "text/event-stream") -> Self {
    .send(Array("HTTP/1.1 \(status) Scripted\r\ncontent-type: \(type)\r\nconnection: close\r\n\r\n".utf8))
  }

  package static func text(_ text: String) -> Self { .send(Array(text.utf8)) }

  /// One chunk of a chunked body.
  package static func chunk(_ bytes: [UInt8], extension: String = "") -> Self {
    .send(Array("\(String(bytes.count, radix: 16))\(`extension`)\r\n".utf8) + bytes + Array("\r\n".utf8))
  }

  package static func chunk(_ text: String) -> Self { chunk(Array(text.utf8)) }

  /// One event in one chunk.
  package static func event(_ data: String) -> Self { chunk("data: \(data)\n\n") }

  /// The end of a chunked body; the connection goes on.
  package static var end: Self { .text("0\r\n\r\n") }
}

/// Replies as an OpenAI-compatible server streams them.
extension [ScriptedUpstream.Step] {
  /// The pieces in one breath, a reason for the end, the usage when it is given, and `[DONE]`.
  package static func reply(_ pieces: [String], usage: (prompt: Int, completion: Int)? = nil) -> Self {
    [.head()] + pieces.map { .piece($0) } + finish(usage: usage)
  }

  /// So many pieces a second.
  package static func reply(_ pieces: [String], perSecond: Int) -> Self {
    let packets = pieces.map { piece -> [UInt8] in
      if case .send(let bytes) = ScriptedUpstream.Step.piece(piece) { bytes } else { [] }
    }
    return [.head(), .paced(packets, perSecond: perSecond)] + finish()
  }

  /// What comes after the last piece.
  package static func finish(_ reason: String = "stop", usage: (prompt: Int, completion: Int)? = nil) -> Self
  {
    let bill = usage.map {
      "{\"choices\":[],\"usage\":{\"prompt_tokens\":\($0.prompt),\"completion_tokens\":\($0.completion)}}"
    }
    let end = "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"\(reason)\"}]}"
    return [.event(end)] + (bill.map { [.event($0)] } ?? []) + [.event("[DONE]"), .end]
  }
}

extension ScriptedUpstream.Step {
  /// One delta. The text must need no escapes in JSON but those it has.
  package static func piece(_ text: String) -> Self {
    .event("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"}}]}")
  }
}
