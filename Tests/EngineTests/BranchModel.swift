import Base
import Model

/// A chat's tree kept in the simplest way there is: who stands under whom, in which order they came.
struct BranchModel {
  struct Node {
    var parent: ULID?
    let role: Message.Role
    var text: String
    let order: Int
  }

  private(set) var created = 0
  /// All that ever were, in the order they came.
  private var sequence: [ULID] = []
  var nodes: [ULID: Node] = [:]
  var head: ULID?
  private var below: [ULID?: [ULID]] = [:]
  private var gone: [ULID: (node: Node, entry: ULID)] = [:]
  private var readTo = 0

  mutating func add(_ id: ULID, under parent: ULID?, _ role: Message.Role, _ text: String) {
    created += 1
    sequence.append(id)
    nodes[id] = Node(parent: parent, role: role, text: text, order: created)
    below[parent, default: []].append(id)
    head = id
  }

  // MARK: Reading

  /// In the order they came.
  var alive: [ULID] { sequence.filter { nodes[$0] != nil } }

  /// The latest of those that are there, the newest first.
  func latest(_ count: Int) -> [ULID] {
    Array(sequence.reversed().lazy.filter { nodes[$0] != nil }.prefix(count))
  }

  var leaves: [ULID] { alive.filter { children(of: $0).isEmpty } }
  var unread: Int { nodes.values.count { $0.role == .assistant && $0.order > readTo } }

  private func order(_ id: ULID) -> Int { nodes[id]?.order ?? 0 }
  func children(of id: ULID) -> [ULID] { below[id] ?? [] }
  func siblings(of id: ULID) -> [ULID] { below[nodes[id]?.parent] ?? [] }

  func subtree(_ id: ULID) -> [ULID] {
    var found = [id]
    var next = 0
    while next < found.count {
      found += children(of: found[next])
      next += 1
    }
    return found
  }

  func tip(below id: ULID) -> ULID { subtree(id).max { order($0) < order($1) } ?? id }

  /// The same for all that are there at once. Whoever stands below somebody came later.
  func tips() -> [ULID: ULID] {
    var tips: [ULID: ULID] = [:]
    for id in sequence.reversed() where nodes[id] != nil {
      tips[id] = children(of: id).compactMap { tips[$0] }.max { order($0) < order($1) } ?? id
    }
    return tips
  }

  func path(to id: ULID) -> [ULID] {
    var path = [id]
    while let parent = nodes[path[path.count - 1]]?.parent { path.append(parent) }
    return path.reversed()
  }

  // MARK: Changing

  mutating func read(upTo message: ULID?) {
    guard unread > 0 else { return }
    let place = message.map { order($0) } ?? nodes.values.map(\.order).max() ?? 0
    readTo = max(readTo, place)
  }

  mutating func delete(_ id: ULID, lifting: Bool, entry: ULID) {
    let parent = nodes[id]?.parent
    if lifting {
      for child in children(of: id) {
        nodes[child]?.parent = parent
        below[parent, default: []].append(child)
      }
      below[id] = nil
    }
    let victims = subtree(id)
    for victim in victims {
      guard let node = nodes.removeValue(forKey: victim) else { continue }
      gone[victim] = (node, entry)
      below[victim] = nil
    }
    below[parent] = below[parent]?.filter { $0 != id }.sorted { order($0) < order($1) }
    if let head, victims.contains(head) { self.head = parent }
  }

  /// Acts whose messages have somewhere to return to.
  var restorable: [ULID] {
    var entries: [ULID: Bool] = [:]
    for item in gone.values {
      let hasPlace = item.node.parent.map { nodes[$0] != nil || gone[$0]?.entry == item.entry } ?? true
      entries[item.entry] = (entries[item.entry] ?? true) && hasPlace
    }
    return entries.filter(\.value).keys.sorted()
  }

  mutating func restore(_ entry: ULID) {
    for (id, item) in gone where item.entry == entry {
      nodes[id] = item.node
      below[item.node.parent, default: []].append(id)
    }
    gone = gone.filter { $0.value.entry != entry }
    for (parent, children) in below { below[parent] = children.sorted { order($0) < order($1) } }
  }
}
