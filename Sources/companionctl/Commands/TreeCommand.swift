import Base
import Client
import Model
import Wire

extension Commands {
  static let tree = CommandSpec(
    name: "tree",
    summary: "Draw a chat with all its branches",
    takes: Place.words,
    words: 0...1,
    options: [
      OptionSpec("--root", "MESSAGE", "only what is below this one"),
      OptionSpec("--depth", "N", "so many levels; 50 when absent"),
      OptionSpec("--ids", nil, "each with its id"),
    ],
    discussion: Place.explained + " An arrow marks where the chat goes on.",
    examples: [.init("companionctl tree ada", "What might have been said.")]
  ) { invocation in
    let client = invocation.client()
    let place = try Place.find(invocation.words.first, client)
    let params = ChatTree.Params(
      chat: place.chat.id, root: try invocation.id("--root"),
      depth: try invocation.number("--depth", in: 0...10_000, whole: true).map { Int($0) }, limit: 5000)
    let reply = try client.call(CallRequest(ChatTree.self, params), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
      return .done
    }
    let tree = try reply.decoded(as: ChatTree.self)
    guard !tree.nodes.isEmpty else {
      invocation.out.line("Nothing was said yet.")
      return .done
    }
    for row in TreeDrawing(tree.nodes).rows {
      let node = row.node
      let text = node.preview.speech.flattened
      let name = node.role == .assistant ? place.companion.name.escaped : Self.speaker(node.role)
      var line = row.lead + "\(name): \(text.fitted(to: 60))"
      if invocation.has("--ids") { line += invocation.out.styled("  \(node.id)", .dim) }
      if tree.more.contains(node.id) { line += invocation.out.styled("  …more below", .dim) }
      if node.id == place.chat.head { line += invocation.out.styled("  ←", .green) }
      invocation.out.line(line)
    }
    return .done
  }

  private static func speaker(_ role: Message.Role) -> String { role == .user ? "you" : role.rawValue }
}

/// Nodes as rows of text: a conversation without branches is a straight column, and only a fork moves to the right.
///
/// Walks with a stack of its own, because a chat may be thousands of messages deep.
struct TreeDrawing {
  struct Row {
    let lead: String
    let node: ChatTree.Node
  }

  private(set) var rows: [Row] = []

  /// Parents come before their children; a parent that is not among them makes a root.
  init(_ nodes: [ChatTree.Node]) {
    let known = Set(nodes.map(\.id))
    var children: [ULID: [ChatTree.Node]] = [:]
    var roots: [ChatTree.Node] = []
    for node in nodes {
      if let parent = node.parent, known.contains(parent) {
        children[parent, default: []].append(node)
      } else {
        roots.append(node)
      }
    }
    /// What stands before a node's own row, and before everything under it.
    var waiting: [(node: ChatTree.Node, first: String, rest: String)] = []
    func push(_ nodes: [ChatTree.Node], under lead: String) {
      for (index, node) in nodes.enumerated().reversed() {
        let isLast = index == nodes.count - 1
        if nodes.count == 1 {
          waiting.append((node, lead, lead))
        } else {
          waiting.append((node, lead + (isLast ? "└─ " : "├─ "), lead + (isLast ? "   " : "│  ")))
        }
      }
    }
    push(roots, under: "")
    while let next = waiting.popLast() {
      rows.append(Row(lead: next.first, node: next.node))
      push(children[next.node.id] ?? [], under: next.rest)
    }
  }
}
