import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let discover = CommandSpec(
    name: "discover",
    summary: "List every method, or explain one",
    takes: "[METHOD]",
    words: 0...1,
    discussion: "The daemon describes itself, so this is true of the daemon that runs. With --json: OpenRPC.",
    examples: [
      .init("companionctl discover", "What is there?"),
      .init("companionctl discover settings.set", "What does it take, what does it answer?"),
      .init("companionctl --json discover > companiond.openrpc.json", "For a generator."),
    ]
  ) { invocation in
    let reply = try invocation.client()
      .call(CallRequest(RPCDiscover.self, Empty()), timeout: Invocation.patience)
    let contract = Contract(try reply.decoded(as: RPCDiscover.self))
    guard let wanted = invocation.words.first else {
      if invocation.json { invocation.print(reply.json) } else { contract.list(invocation.out) }
      return .done
    }
    guard let method = contract.methods.first(where: { $0["name"]?.string == wanted }) else {
      let names = contract.methods.compactMap { $0["name"]?.string }
      let hint = Suggestion.nearest(to: wanted, in: names).map { " Did you mean \($0)?" } ?? ""
      throw UsageError("There is no method \(wanted.escaped).\(hint)", seeHelpOf: invocation.line.names)
    }
    if invocation.json { try invocation.print(method) } else { contract.explain(method, invocation.out) }
    return .done
  }
}

/// An OpenRPC document as a person reads it. Nothing of its shape is taken for granted: it comes from elsewhere.
private struct Contract {
  let document: JSONValue

  init(_ document: JSONValue) { self.document = document }

  var methods: [JSONValue] { document["methods"]?.array ?? [] }

  func list(_ out: Output) {
    var table = Table()
    for method in methods {
      let name = text(method["name"])
      var marks: [String] = []
      if method["x-access"]?.string == "writes" { marks.append("writes") }
      if method["x-scope"]?.string == "admin" { marks.append("admin") }
      let mark = marks.isEmpty ? "" : "(\(marks.joined(separator: ", ")))"
      table.row(
        Table.Cell(name, shown: out.styled(name, .bold)), "\(text(method["summary"]))",
        Table.Cell(mark, shown: out.styled(mark, .dim)))
    }
    out.line(table.text)
  }

  func explain(_ method: JSONValue, _ out: Output) {
    let name = text(method["name"])
    out.line("\(out.styled(name, .bold)): \(text(method["summary"]))")
    let description = text(method["description"])
    if !description.isEmpty { out.line("\n" + Wrapping.wrap(description, width: 78)) }
    section("Takes", members(method["params"]?.array ?? []), out)
    section("Answers", properties(method["result"]?["schema"]), out)
    let errors = (method["errors"]?.array ?? []).compactMap { error in
      error["$ref"]?.string?.split(separator: "/").last.map { $0.escaped }
    }
    if !errors.isEmpty {
      out.line("\n" + out.styled("Refuses with", .bold))
      out.line(
        Wrapping.lines(errors.joined(separator: ", "), width: 76).map { "  " + $0 }.joined(separator: "\n"))
    }
    for example in method["examples"]?.array ?? [] { show(example, of: name, out) }
  }

  private func section(_ title: String, _ rows: [(name: String, kind: String, text: String)], _ out: Output) {
    guard !rows.isEmpty else { return }
    out.line("\n" + out.styled(title, .bold))
    let names = (rows.map(\.name.count).max() ?? 0) + 2
    let kinds = (rows.map(\.kind.count).max() ?? 0) + 2
    for row in rows {
      let lines = Wrapping.lines(row.text, width: max(30, 76 - names - kinds))
      out.line(
        "  " + row.name + String(repeating: " ", count: names - row.name.count)
          + out.styled(row.kind, .dim) + String(repeating: " ", count: kinds - row.kind.count)
          + (lines.first ?? ""))
      for line in lines.dropFirst() { out.line(String(repeating: " ", count: 2 + names + kinds) + line) }
    }
  }

  private func show(_ example: JSONValue, of name: String, _ out: Output) {
    var params: [String: JSONValue] = [:]
    for param in example["params"]?.array ?? [] {
      if let name = param["name"]?.string { params[name] = param["value"] }
    }
    let given = (try? JSONText.encoder().encode(JSONValue.object(params))) ?? Data()
    out.line("\n" + out.styled("Example", .bold))
    let quoted = JSONPrinter.oneLine(given, out).split(separator: "'", omittingEmptySubsequences: false)
    out.line("  companionctl call \(name)\(params.isEmpty ? "" : " '\(quoted.joined(separator: "'\\''"))'")")
    if let result = try? JSONText.encoder().encode(example["result"]?["value"] ?? .null) {
      let lines = JSONPrinter.spread(result, out).split(separator: "\n")
      out.line(lines.map { "  " + $0 }.joined(separator: "\n"))
    }
  }

  // MARK: Schemas

  private func members(_ params: [JSONValue]) -> [(name: String, kind: String, text: String)] {
    params.map { param in
      let isRequired = param["required"] == .bool(true)
      return (
        text(param["name"]) + (isRequired ? "" : "?"), kind(param["schema"], depth: 0),
        text(param["description"])
      )
    }
  }

  private func properties(_ schema: JSONValue?) -> [(name: String, kind: String, text: String)] {
    let schema = resolved(schema)
    let whole = resolved(schema?["anyOf"]?.array?.first) ?? schema
    let required = Set((whole?["required"]?.array ?? []).compactMap(\.string))
    return (whole?["properties"]?.object ?? [:]).sorted { $0.key < $1.key }.map { name, member in
      (
        name.escaped + (required.contains(name) ? "" : "?"), kind(member, depth: 0),
        text(member["description"])
      )
    }
  }

  private func resolved(_ schema: JSONValue?) -> JSONValue? {
    guard let reference = schema?["$ref"]?.string, let name = reference.split(separator: "/").last else {
      return schema
    }
    return document["components"]?["schemas"]?[String(name)]
  }

  /// A word or two for a schema: `string`, `integer`, `Settings`, `string[]`, `a|b|c`.
  private func kind(_ schema: JSONValue?, depth: Int) -> String {
    guard let schema, depth < 4 else { return "any" }
    if let reference = schema["$ref"]?.string {
      return reference.split(separator: "/").last.map { $0.escaped } ?? "any"
    }
    if let choices = schema["enum"]?.array {
      let words = choices.compactMap(\.string).map(\.escaped)
      let joined = words.joined(separator: "|")
      return joined.count <= 40 ? joined : "one of \(words.count)"
    }
    if let several = schema["anyOf"]?.array ?? schema["oneOf"]?.array ?? schema["allOf"]?.array {
      return several.map { kind($0, depth: depth + 1) }.joined(separator: "|")
    }
    if schema["items"] != nil { return kind(schema["items"], depth: depth + 1) + "[]" }
    if let types = schema["type"]?.array {
      return types.compactMap(\.string).map(\.escaped).joined(separator: "|")
    }
    return schema["type"]?.string?.escaped ?? "any"
  }

  private func text(_ value: JSONValue?) -> String { (value?.string ?? "").escaped }
}
