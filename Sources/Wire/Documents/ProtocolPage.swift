import Base
import Model

/// The contract as a page for people, from the same declarations as the OpenRPC document.
public enum ProtocolPage {
  /// Always the same text for the same declarations.
  public static func markdown() -> String {
    var page = PageText()
    page.add(ProtocolRules.text(Limits()))
    errors(&page)
    methods(&page)
    notifications(&page)
    topics(&page)
    values(&page)
    return page.text
  }

  private static func errors(_ page: inout PageText) {
    page.add(ProtocolRules.errors)
    page.table(
      ["code", "reason", "when", "`data` also carries", "retryable"],
      ErrorTable.rows.map { row in
        [
          String(row.code.rawValue), "`\(row.reason)`", row.meaning,
          row.members.map { "`\($0.name)`: \($0.text)" }.joined(separator: "; "), row.retryable ? "yes" : "",
        ]
      })
  }

  private static func methods(_ page: inout PageText) {
    page.add("## Methods")
    page.table(
      ["method", "", "access", "scope"],
      Catalogue.methods.map {
        ["[`\($0.name)`](#\(anchor($0.name)))", $0.summary, $0.access.rawValue, $0.scope.rawValue]
      })
    for method in Catalogue.methods { describe(method, &page) }
  }

  private static func describe<M: Method>(_ method: M.Type, _ page: inout PageText) {
    page.add("### `\(M.name)`\n\n\(M.summary). \(M.documentation)")
    page.add(conditions(of: method))
    var parameters = page.book.members(of: M.Params.self)
    if M.takesKey { parameters.append(SharedMember.key) }
    page.members("Parameters", parameters)
    var results = page.book.members(of: M.Result.self)
    let isValue = results.isEmpty && M.Result.self != Empty.self
    if M.takesKey { results.append(SharedMember.replayed) }
    if isValue { page.add("Result: any JSON.") } else { page.members("Result", results) }
    let errors = OpenRPCDocument.errors(of: method).map { "`\($0.reason)`" }
    if !errors.isEmpty { page.add("Errors to be ready for: \(errors.joined(separator: ", ")).") }
    page.code("json", requestLine(method) + "\n" + replyLine(method))
  }

  private static func conditions<M: Method>(of method: M.Type) -> String {
    var sentences: [String] = []
    switch M.access {
    case .reads: sentences.append("Changes nothing in the vault.")
    case .writes: sentences.append("Changes the vault; on the disk before the reply.")
    case .streams: sentences.append("Changes what this connection is sent.")
    }
    if M.scope == .admin { sentences.append("Needs the scope `admin`.") }
    if M.overtakes { sentences.append("Overtakes calls that wait.") }
    if M.mayBeLarge {
      sentences.append("A result too large for a line comes as [LargeResult](#largeresult).")
    }
    return "*" + sentences.joined(separator: " ") + "*"
  }

  /// As a client sends it, and as the daemon answers, but for the LF.
  static func requestLine<M: Method>(_ method: M.Type) -> String {
    let params = JSONText.bytes(M.example.params)
    let line = MessageLine.request(M.name, id: .number(1), params: params == Array("{}".utf8) ? nil : params)
    return String(decoding: line.dropLast(), as: UTF8.self)
  }

  static func replyLine<M: Method>(_ method: M.Type) -> String {
    var line: [UInt8] = []
    MessageLine.append(result: JSONText.bytes(M.example.result), id: .number(1), to: &line)
    return String(decoding: line, as: UTF8.self)
  }

  private static func notifications(_ page: inout PageText) {
    page.add("## Notifications\n\nThe daemon sends these of its own accord; they have no `id`.")
    for kind in Catalogue.notifications { describe(kind, &page) }
  }

  private static func describe<N: Notification>(_ kind: N.Type, _ page: inout PageText) {
    page.add("### `\(N.name)`\n\n\(N.summary). \(N.documentation)")
    page.members("Parameters", page.book.members(of: N.Params.self))
    let line = MessageLine.notification(N.name, params: JSONText.bytes(N.example))
    page.code("json", String(decoding: line.dropLast(), as: UTF8.self))
  }

  private static func topics(_ page: inout PageText) {
    page.add(ProtocolRules.topics)
    for topic in Catalogue.topics { describe(topic, &page) }
  }

  private static func describe<T: Topic>(_ topic: T.Type, _ page: inout PageText) {
    let state = T.isState ? " A later one replaces an unsent earlier one." : ""
    page.add("### Topic `\(T.name)`\n\n\(T.summary).\(state)")
    page.members("Data", page.book.members(of: T.Payload.self))
    let event = EventNotification.Params(seq: 122, topic: T.name, data: JSONText.value(T.example))
    let line = MessageLine.notification(EventNotification.name, params: JSONText.bytes(event))
    page.code("json", String(decoding: line.dropLast(), as: UTF8.self))
  }

  /// Everything the sections above link to, in alphabetical order; a value may bring in further ones.
  private static func values(_ page: inout PageText) {
    page.add("## Values")
    _ = page.book.schema(of: LargeResult.self)
    for (name, members) in page.book.membersByName.sorted(by: { $0.key < $1.key }) {
      page.add("### \(name)")
      page.members(nil, members)
    }
  }

  /// As the usual renderers of Markdown make it.
  static func anchor(_ heading: String) -> String {
    heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
  }
}
