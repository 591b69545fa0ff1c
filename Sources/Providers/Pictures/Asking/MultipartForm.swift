/// A form with files, as it travels in a body.
struct MultipartForm {
  private let boundary: String
  private(set) var body: [UInt8] = []

  /// A hundred bits of chance: no file has the mark in it.
  init(random: UInt64, _ more: UInt64) {
    boundary = "companion-\(String(random, radix: 36))-\(String(more, radix: 36))"
  }

  var contentType: String { "multipart/form-data; boundary=\(boundary)" }

  mutating func add(_ name: String, _ value: String) { add(name, [], Array(value.utf8)) }

  /// The file's name is ours.
  mutating func add(_ name: String, file: String, type: String, _ bytes: [UInt8]) {
    add(name, ["; filename=\"\(file)\"\r\nContent-Type: \(type)"], bytes)
  }

  private mutating func add(_ name: String, _ more: [String], _ bytes: [UInt8]) {
    let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(more.joined())\r\n\r\n"
    body += Array(head.utf8)
    body += bytes
    body += [0x0D, 0x0A]
  }

  mutating func finish() { body += Array("--\(boundary)--\r\n".utf8) }
}
