import Base

/// Reads `key` and `keyFile` of a provider. Nothing here repeats what it read.
struct KeyReader {
  let context: ReadingContext

  func read(_ section: inout SectionReader) -> Secret? {
    let key = section.node("key")
    let file = section.node("keyFile")
    switch (key, file) {
    case (nil, nil): return nil
    case (let key?, nil): return inline(key, section.path)
    case (nil, let file?): return named(file, section.path)
    case (let key?, let file?):
      // A later file that gives the key in the other way means to replace it.
      if context.layers.isLater(key.source, than: file.source) { return inline(key, section.path) }
      if context.layers.isLater(file.source, than: key.source) { return named(file, section.path) }
      context.wrong(
        key.source, section.path + ["key"], expected: "either key or keyFile", found: "both",
        suggestion: "keep keyFile: a configuration without keys can be shown to others")
      return nil
    }
  }

  private func inline(_ node: Node, _ path: [String]) -> Secret? {
    let path = path + ["key"]
    guard case .text(let text) = node.value else {
      context.wrong(
        node.source, path, expected: "the key as text", found: node.value.kind, suggestion: "put it in quotes"
      )
      return nil
    }
    guard mayHoldSecrets(node, path, "keyFile", context) else { return nil }
    do throws(Secret.Unfit) {
      let secret = try Secret.checked(text)
      context.record(path, .secret(secret), node.source, .effectOnReload)
      return secret
    } catch {
      context.wrong(
        node.source, path, expected: error.expected, found: error.found,
        suggestion: "write the key alone, or remove the line")
      return nil
    }
  }

  private func named(_ node: Node, _ path: [String]) -> Secret? {
    guard case .text(let name) = node.value, !name.isEmpty, !name.unicodeScalars.contains("\0") else {
      context.wrong(
        node.source, path + ["keyFile"], expected: "the name of a file that holds the key",
        found: node.value == .text("") ? "empty text" : node.value.kind,
        suggestion: "for example: keyFile: \"novita.key\"")
      return nil
    }
    do throws(KeyFile.Refusal) {
      let found = try context.keyFiles.read(name, beside: node.source.file)
      context.record(path + ["key"], .secret(found.secret), .file(found.path, nil), .effectOnReload)
      return found.secret
    } catch {
      context.wrong(
        node.source, path + ["keyFile"], expected: error.expected, found: error.found,
        suggestion: error.suggestion)
      return nil
    }
  }
}

/// A file that holds a secret itself must be private.
private func mayHoldSecrets(_ node: Node, _ path: [String], _ instead: String?, _ context: ReadingContext)
  -> Bool
{
  guard let file = node.source.file, !context.layers.isPrivate(file) else { return true }
  let command = "run: chmod 600 \(Quoting.shell(file))"
  context.wrong(
    node.source, path, expected: "no secret in a file that others can read", found: "one",
    suggestion: instead.map { "\(command), or use \($0)" } ?? command)
  return false
}

/// Reads `headers` of a provider. Their values are treated as secrets: some services want a key in one.
struct HeaderReader {
  let context: ReadingContext

  /// Those that curl and the providers set themselves; a second one would be a way to smuggle a request.
  private static let ours = [
    "accept", "connection", "content-length", "content-type", "expect", "host", "te", "trailer",
    "transfer-encoding", "upgrade",
  ]
  private static let most = 32
  private static let longest = 8 << 10

  func read(_ node: Node?, path: [String]) -> [ProviderSettings.Header] {
    let section = SectionReader(context, node, path: path, hearsVariables: false)
    let entries = section.entries()
    if entries.count > Self.most {
      context.wrong(
        section.source, path, expected: "at most \(Self.most) headers", found: "\(entries.count)",
        suggestion: "keep those the server needs")
      return []
    }
    return entries.compactMap { header($0, path + [$0.name]) }
  }

  private func header(_ member: Node.Member, _ path: [String]) -> ProviderSettings.Header? {
    let lowered = member.name.lowercased()
    guard !member.name.isEmpty, member.name.utf8.count <= 128, member.name.utf8.allSatisfy(isTokenPart) else {
      context.wrong(
        member.source, path, expected: "the name of a header", found: Quoting.quoted(member.name),
        suggestion: "for example: \"X-Title\": \"companion\"")
      return nil
    }
    if Self.ours.contains(lowered) {
      context.wrong(
        member.source, path, expected: "a header that is not part of every request",
        found: Quoting.quoted(member.name), suggestion: "remove it")
      return nil
    }
    guard case .text(let value) = member.value.value, value.utf8.count <= Self.longest,
      !value.unicodeScalars.contains(where: { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F })
    else {
      let isText = if case .text = member.value.value { true } else { false }
      context.wrong(
        member.value.source, path, expected: "a line of text of at most \(Self.longest) bytes",
        found: isText ? "other text" : member.value.value.kind, suggestion: "put the value in quotes")
      return nil
    }
    let telling = ["auth", "key", "token", "secret", "cookie", "password"]
    if telling.contains(where: lowered.contains), !mayHoldSecrets(member.value, path, nil, context) {
      return nil
    }
    let secret = Secret(value)
    context.record(path, .secret(secret), member.value.source, .effectOnReload)
    return ProviderSettings.Header(name: member.name, value: secret)
  }

  private func isTokenPart(_ byte: UInt8) -> Bool {
    isASCIIWordPart(byte) || "!#%&'*+-.^`|~".utf8.contains(byte)
  }
}
