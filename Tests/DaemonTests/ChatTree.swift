import Model
import TestSupport
import Testing

/// The chat as it is left, read in every way there is, each against the others.
struct ChatTree {
  private(set) var nodes: [String: JSONValue] = [:]
  /// Also those that were deleted.
  private(set) var ever: Set<String> = []
  private(set) var leaves = 0
  private(set) var faults: [String] = []

  init(_ talk: Conversation) throws {
    let client = try talk.daemon.lines()
    func ask(_ method: String, _ params: String) throws -> JSONValue {
      let reply = try client.ask(method, params)
      return try #require(reply.result, "\(method) \(params): \(reply)")
    }
    let chat = try ask("chat.get", "{\"chat\":\"\(talk.chat)\"}")["chat"] ?? .null
    var since: Int64? = 0
    while let from = since {
      let page = try ask("sync.changes", "{\"since\":\(from),\"limit\":200}")
      for item in page["items"]?.array ?? [] where item["kind"] == "message" {
        let id = item["id"]?.string ?? ""
        ever.insert(id)
        if item["deleted"] == true {
          nodes[id] = nil
        } else {
          nodes[id] = try ask("message.get", "{\"message\":\"\(id)\"}")["message"]
        }
      }
      since = page["next"]?.integer
    }
    var below: [String: [String]] = [:]
    for (id, node) in nodes { below[node["parent"]?.string ?? "", default: []].append(id) }
    check(chat["turn"] == nil, "the chat is locked by \(String(describing: chat["turn"]))")
    check(
      chat["messages"]?.integer == Int64(nodes.count),
      "\(chat["messages"] ?? .null) counted, \(nodes.count) there")
    check(chat["head"]?.string.map { nodes[$0] != nil } ?? nodes.isEmpty, "the head is not there")
    for (id, node) in nodes {
      check(node["parent"]?.string.map { nodes[$0] != nil } ?? true, "\(id) has a parent that is gone")
      check(node["status"] != "streaming", "\(id) streams for ever")
      check(!node.text.isEmpty, "\(id) says nothing")
    }
    for (parent, children) in below {
      let places = children.compactMap { nodes[$0]?["siblings"]?["index"]?.integer }.sorted()
      check(places == (0..<Int64(children.count)).map { $0 }, "under \(parent) the places are \(places)")
    }
    try check(pages: ask, talk.chat, below)
    let active = try ask("turn.list", "{\"chat\":\"\(talk.chat)\",\"active\":true}")["turns"]?.array
    check(active == [], "turns go on: \(String(describing: active))")
  }

  /// The leaves as they are listed, and from each the way to the root.
  private mutating func check(
    pages ask: (String, String) throws -> JSONValue, _ chat: String, _ below: [String: [String]]
  ) throws {
    var (listed, cursor): ([String], String?) = ([], "")
    while let place = cursor {
      let rest = place.isEmpty ? "" : ",\"cursor\":\"\(place)\""
      let page = try ask("chat.leaves", "{\"chat\":\"\(chat)\",\"limit\":200\(rest)}")
      listed += (page["leaves"]?.array ?? []).compactMap { $0["id"]?.string }
      cursor = page["next"]?.string
    }
    leaves = listed.count
    check(
      Set(listed) == Set(nodes.keys.filter { below[$0] == nil }), "other leaves are listed than there are")
    for leaf in listed {
      var (path, next) = ([String](), String?.some(leaf))
      while let id = next, path.count <= nodes.count {
        path.insert(id, at: 0)
        next = nodes[id]?["parent"]?.string
      }
      var (seen, before) = ([String](), "")
      while true {
        let page = try ask(
          "chat.history", "{\"chat\":\"\(chat)\",\"leaf\":\"\(leaf)\",\"limit\":37\(before)}")
        let messages = (page["messages"]?.array ?? []).compactMap { $0["id"]?.string }
        seen = messages + seen
        guard page["more"] == true, let oldest = messages.first else { break }
        before = ",\"before\":\"\(oldest)\""
      }
      check(seen == path, "the branch of \(leaf) reads otherwise in pages")
    }
  }

  private mutating func check(_ isRight: Bool, _ what: String) { if !isRight { faults.append(what) } }
}
