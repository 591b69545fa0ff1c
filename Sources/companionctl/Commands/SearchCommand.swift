import Base
import Client
import Model
import Wire

extension Commands {
  static let search = CommandSpec(
    name: "search",
    summary: "Find what was said, in any branch",
    takes: "WORD …",
    words: 1...256,
    options: [
      OptionSpec("--in", "COMPANION|CHAT", "only in chats with this companion, or in this chat"),
      OptionSpec("--best", nil, "the best matches first, instead of the newest"),
      OptionSpec("--limit", "N", "how many matches at most; 20 when absent"),
      OptionSpec("--cursor", "CURSOR", "go on where an earlier search ended"),
    ],
    discussion: """
      Every word must occur in a message, as a word or, from three letters on, as a part of one. Case, accents and whatever \
      else you type mean nothing. What is in the trash is not found. Each match comes with its message's id, which history \
      --leaf and messages show take.
      """,
    examples: [
      .init("companionctl search late ship", "The newest messages with both words."),
      .init("companionctl search --in ada --best lighthouse", "What Ada and you said best of it."),
      .init("companionctl --json search ship | jq -r '.matches[].excerpt'", "For a script."),
    ]
  ) { invocation in
    let client = invocation.client()
    var params = ChatSearch.Params(
      query: invocation.words.joined(separator: " "), order: invocation.has("--best") ? .best : nil,
      cursor: invocation.value("--cursor"))
    if let word = invocation.value("--in") { try narrow(&params, to: word, client) }
    var left = Int(try invocation.number("--limit", in: 1...10_000, whole: true) ?? 20)
    var listing = SearchListing(invocation, client)
    repeat {
      params.limit = min(left, 200)
      let reply = try client.call(CallRequest(ChatSearch.self, params), timeout: Invocation.patience)
      let page = try reply.decoded(as: ChatSearch.self)
      if invocation.json { invocation.print(reply.json) } else { try listing.show(page) }
      left -= page.matches.count
      params.cursor = page.next
    } while params.cursor != nil && left > 0
    if !invocation.json { listing.end(next: params.cursor) }
    return .done
  }

  private static func narrow(_ params: inout ChatSearch.Params, to word: String, _ client: BlockingClient)
    throws
  {
    guard let id = ULID(word) else {
      params.companion = word
      return
    }
    // An id may be a chat's or a companion's.
    if try Place.chat(id, client) != nil { params.chat = id } else { params.companion = word }
  }
}

/// Matches as they are printed: where, who and when in one line, what was said below it.
private struct SearchListing {
  private let out: Output
  private let err: Output
  private let names: Names
  private var count = 0
  private var last: ChatSearch.Result?

  init(_ invocation: Invocation, _ client: BlockingClient) {
    out = invocation.out
    err = invocation.err
    names = Names(client)
  }

  mutating func show(_ page: ChatSearch.Result) throws {
    last = page
    for match in page.matches {
      if count > 0 { out.line("") }
      count += 1
      let message = match.message
      let place = try names.place(of: message.chat)
      let speaker =
        switch message.role {
        case .assistant: place.companion
        case .user: message.author ?? "you"
        default: message.role.rawValue
        }
      let behind = "  \(message.createdAt.day)  \(message.id)"
      var title = "\(place.companion.escaped), \(place.title.escaped)"
      if let columns = out.columns { title = title.fitted(to: max(10, columns - behind.columns)) }
      out.line(out.styled(title, .cyan) + out.styled(behind, .dim))
      out.line(Excerpt(match).text(behind: "  \(speaker.escaped):", indent: "    ", out))
    }
  }

  func end(next: String?) {
    if count == 0 { err.line("Nothing was found.") }
    if let next { note("there is more: --limit \(max(count, 1) * 2), or --cursor \(next.escaped)") }
    guard let last else { return }
    if last.older == true {
      note("the newest \(last.ranked ?? count) matches were compared; there are older ones")
    }
    if last.indexing == true { note("some messages cannot be found yet; try again in a moment") }
  }

  private func note(_ text: String) { err.line(err.styled("(\(text))", .dim)) }
}
