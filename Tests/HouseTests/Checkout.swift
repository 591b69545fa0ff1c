import FoundationEssentials
import Testing

/// The files of the checkout this test was built from.
enum Checkout {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  static func text(_ path: String) throws -> String {
    let bytes = try #require(
      FileManager.default.contents(atPath: "\(root)/\(path)"), "\(path) cannot be read")
    return String(decoding: bytes, as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: "\(root)/\(path)") }

  /// The names in a folder, sorted; none when there is no such folder.
  static func names(in folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
    return (names ?? []).sorted()
  }

  /// Every file below a folder, as a path from the root. Dot-files are nobody's source.
  static func files(below folder: String) -> [String] {
    names(in: folder).filter { !$0.hasPrefix(".") }.flatMap { name in
      let path = "\(folder)/\(name)"
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder)
      return isFolder ? files(below: path) : [path]
    }
  }

  static func swiftFiles(below folder: String) -> [String] {
    files(below: folder).filter { $0.hasSuffix(".swift") }
  }

  /// A file's lines, with what stands behind `//` left out, since words about code are not code.
  static func code(_ path: String) throws -> [String] {
    try text(path).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let bytes = line.utf8
      var index = bytes.startIndex
      while let slash = bytes[index...].firstIndex(of: UInt8(ascii: "/")) {
        index = bytes.index(after: slash)
        if bytes[index...].first == UInt8(ascii: "/") { return String(line[..<slash]) }
      }
      return String(line)
    }
  }

  /// Code without what only a compiler older than the house's own is told.
  static func withoutConcessions(_ code: [String]) -> [String] {
    var conceding = false
    return code.filter { line in
      if line == "#if compiler(<6.3)" { conceding = true }
      defer { if line == "#endif" { conceding = false } }
      return !conceding
    }
  }
}

extension String {
  /// Whether `word` occurs, byte by byte: a search that minds grapheme clusters takes seconds for a whole house.
  func mentions(_ word: String) -> Bool {
    let (text, word) = (Array(utf8), Array(word.utf8))
    var rest = text[...]
    while let start = word.first.flatMap({ rest.firstIndex(of: $0) }) {
      if rest[start...].starts(with: word) { return true }
      rest = rest[(start + 1)...]
    }
    return false
  }
}
