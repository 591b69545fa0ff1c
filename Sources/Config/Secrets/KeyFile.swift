import Base

/// Reads the files that hold keys, by the rules of the configuration: a relative name is looked up in systemd's
/// credentials folder, then beside the file that names it; `~/` is the person's home.
struct KeyFile {
  /// A key is a line; a file past this is something else.
  static let maxBytes = 64 << 10

  let credentialsFolder: String?
  let home: String?

  struct Found {
    let secret: Secret
    let path: String
  }

  struct Refusal: Error {
    let expected: String
    let found: String
    let suggestion: String
  }

  /// `beside` is the path of the file that names the key file.
  func read(_ name: String, beside: String?) throws(Refusal) -> Found {
    if let folder = credentialsFolder, isPlainRelative(name) {
      let path = folder + "/" + name
      var credential: FileContents?
      do { credential = try FileContents.read(path, most: Self.maxBytes) } catch {
        // Not among the credentials: then it is a file of the person's.
        if error.kind != .missing { throw refusal(error, name, path) }
      }
      // systemd guards this folder; its files may be readable by a group through an ACL.
      if let credential { return try secret(in: credential, path) }
    }
    let path = try location(of: name, beside: beside)
    let contents: FileContents
    do { contents = try FileContents.read(path, most: Self.maxBytes) } catch {
      throw refusal(error, name, path)
    }
    if contents.isShared {
      throw Refusal(
        expected: "a key file that only its owner can read",
        found: "\(Quoting.plain(path)) with mode \(octal(contents.mode))",
        suggestion: "run: chmod 600 \(Quoting.shell(path))")
    }
    return try secret(in: contents, path)
  }

  private func location(of name: String, beside: String?) throws(Refusal) -> String {
    if name.hasPrefix("/") { return name }
    if name.hasPrefix("~/"), let home { return home + name.dropFirst(1) }
    if name.hasPrefix("~") {
      throw Refusal(
        expected: "the path of a key file", found: Quoting.quoted(name), suggestion: "write the path in full")
    }
    return folderPrefix(of: beside ?? "") + name
  }

  private func isPlainRelative(_ name: String) -> Bool {
    !name.hasPrefix("/") && !name.hasPrefix("~") && !name.split(separator: "/").contains("..")
  }

  private func secret(in contents: FileContents, _ path: String) throws(Refusal) -> Found {
    guard let text = String(validating: contents.bytes, as: UTF8.self) else {
      throw Refusal(
        expected: "a key as plain text", found: "\(Quoting.plain(path)) with other bytes",
        suggestion: "write the key alone into the file, as UTF-8")
    }
    do { return Found(secret: try Secret.checked(text), path: path) } catch {
      throw Refusal(
        expected: error.expected, found: "\(Quoting.plain(path)) with \(error.found)",
        suggestion: "write the key alone into the file")
    }
  }

  private func refusal(_ failure: FileFailure, _ name: String, _ path: String) -> Refusal {
    if failure.kind == .missing, Quoting.looksLikeKey(name) {
      return Refusal(
        expected: "the name of a file that holds the key", found: "text that looks like a key itself",
        suggestion: "write the key into a file (mode 600) and name the file here")
    }
    if failure.kind == .tooLarge {
      return Refusal(
        expected: "a key file of at most \(Self.maxBytes) bytes", found: "\(Quoting.plain(path)) with more",
        suggestion: "write the key alone into the file")
    }
    return Refusal(
      expected: "a readable key file", found: "\(failure.found) at \(Quoting.plain(path))",
      suggestion: failure.suggestion)
  }

  private func octal(_ mode: UInt32) -> String { "0" + String(mode & 0o777, radix: 8) }
}

extension Secret {
  struct Unfit: Error {
    let expected: String
    let found: String
  }

  /// White space around a key is a slip (a file ends in a line break); anything invisible within it would break
  /// out of the header it is sent in.
  static func checked(_ text: String) throws(Unfit) -> Secret {
    let key = trimmed(text)
    if key.isEmpty { throw Unfit(expected: "a key", found: "nothing in it") }
    if key.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
      throw Unfit(expected: "a key on a single line", found: "line breaks or control characters in it")
    }
    return Secret(key)
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text.unicodeScalars[...]
    while let first = rest.first, first.properties.isWhitespace || first == "\u{FEFF}" { rest.removeFirst() }
    while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
