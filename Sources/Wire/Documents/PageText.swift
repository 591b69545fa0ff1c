import Model

/// Markdown as it grows: paragraphs, tables, code.
struct PageText {
  let book = SchemaBook()
  private(set) var text = ""

  mutating func add(_ paragraph: String) {
    if !text.isEmpty { text += "\n" }
    text += paragraph + "\n"
  }

  mutating func code(_ language: String, _ lines: String) {
    add("```\(language)\n\(lines)\n```")
  }

  mutating func table(_ heads: [String], _ rows: [[String]]) {
    func row(_ cells: [String]) -> String {
      "| "
        + cells.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
        .joined(separator: " | ") + " |"
    }
    let lines = [row(heads), row(heads.map { _ in "---" })] + rows.map(row)
    add(lines.joined(separator: "\n"))
  }

  /// A table of members, or a word where there are none.
  mutating func members(_ title: String?, _ members: [SchemaBook.Member]) {
    if members.isEmpty {
      if let title { add("\(title): none.") }
      return
    }
    let optional = members.contains { !$0.isRequired }
    if let title { add("\(title):") }
    table(
      ["member", "type", optional ? "(`?`: may be absent)" : ""],
      members.map { member in
        ["`\(member.name)`\(member.isRequired ? "" : "?")", words(for: member.schema), member.text ?? ""]
      })
  }

  /// A schema in a few words.
  func words(for schema: JSONValue) -> String {
    if let reference = schema["$ref"]?.string {
      let name = String(reference.dropFirst(SchemaBook.prefix.count))
      return "[\(name)](#\(ProtocolPage.anchor(name)))"
    }
    if let choices = schema["oneOf"]?.array { return choices.map(words).joined(separator: " or ") }
    if let choices = schema["enum"]?.array?.compactMap(\.string) {
      return choices.map { "`\"\($0)\"`" }.joined(separator: ", ")
    }
    if schema["contentEncoding"] != nil { return "base64" }
    if schema["format"] == "date-time" { return "time" }
    if schema["title"] == "ULID" { return "ULID" }
    if let items = schema["items"] { return "list of \(words(for: items))" }
    if let values = schema["additionalProperties"] { return "object of \(words(for: values))" }
    if let type = schema["type"]?.string { return type }
    if let types = schema["type"]?.array?.compactMap(\.string) { return types.joined(separator: " or ") }
    return "any JSON"
  }
}
