/// The status and headers of the answer that counts: not those of a redirect that was followed, nor of an interim answer.
package struct HTTPHead: Sendable {
  package internal(set) var status = 0
  /// Names in lower case, in the order they came.
  package internal(set) var headers: [(name: String, value: String)] = []

  package init(status: Int = 0, headers: [(name: String, value: String)] = []) {
    self.status = status
    self.headers = headers.map { ($0.name.lowercased(), $0.value) }
  }

  /// The first of that name, which is given in lower case.
  package subscript(name: String) -> String? {
    headers.first { $0.name == name }?.value
  }

  /// `text/event-stream` of `text/event-stream; charset=utf-8`, in lower case.
  package var contentType: String? {
    self["content-type"].map { value in
      let type = value.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
      return type.lowercased()
    }
  }

  /// Takes one line as curl hands it over, its line end included.
  mutating func take(line bytes: borrowing Span<UInt8>) {
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    let line = unsafe bytes.extracting(0..<end).withUnsafeBufferPointer {
      unsafe String(decoding: $0, as: UTF8.self)
    }
    if line.hasPrefix("HTTP/") {
      let parts = line.split(separator: " ", maxSplits: 2)
      self = HTTPHead(status: parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    } else if let colon = line.firstIndex(of: ":") {
      let name = line[..<colon].lowercased()
      let value = line[line.index(after: colon)...]
      headers.append((name, String(value.trimmingSpace())))
    }
  }
}

extension Substring {
  /// Without spaces and tabs at both ends.
  func trimmingSpace() -> Substring {
    var rest = self.drop { $0 == " " || $0 == "\t" }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }
}
