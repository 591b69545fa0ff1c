import Base
import Engine
import Model
import Wire

extension Route {
  static var chatTree: Route {
    task(ChatTree.self) { params, call in
      let owner = call.identity.owner
      let (depth, limit) = (params.depth ?? 50, params.limit ?? 500)
      guard (0...10_000).contains(depth) else {
        throw RPCError.invalidParams(path: "params.depth", expected: "0 to 10000")
      }
      guard (1...5000).contains(limit) else {
        throw RPCError.invalidParams(path: "params.limit", expected: "1 to 5000")
      }
      let tree = try await call.doors.chats.tree(
        of: params.chat, root: params.root, depth: depth, limit: limit, owner: owner)
      return .init(
        nodes: tree.nodes.map { node in
          .init(
            id: node.id, parent: node.parent, role: node.role, at: node.at, children: node.children,
            preview: node.preview)
        }, more: tree.more)
    }
  }
}
