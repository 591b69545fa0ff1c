/// A value read from a file, with where it stands.
package struct Node: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case null
    case bool(Bool)
    /// May be infinite or NaN, which JSON5 can write; whoever wants a number refuses those.
    case number(Double)
    case text(String)
    case list([Node])
    /// In the order of the file; no name twice.
    case object([Member])
  }

  package struct Member: Sendable, Equatable {
    package let name: String
    /// Where the name stands; an unknown key is reported there.
    package let source: Source
    package let value: Node

    package init(name: String, source: Source, value: Node) {
      self.name = name
      self.source = source
      self.value = value
    }
  }

  package let value: Value
  package let source: Source

  package init(_ value: Value, _ source: Source) {
    self.value = value
    self.source = source
  }
}

extension Node {
  /// This tree with another laid over it: objects merge member by member, anything else is replaced. Every node
  /// keeps its own source. Depth is bounded by the reader's limit.
  package func merged(with over: Node) -> Node {
    guard case .object(var members) = value, case .object(let others) = over.value else { return over }
    var places: [String: Int] = [:]
    for (place, member) in members.enumerated() { places[member.name] = place }
    for other in others {
      if let place = places[other.name] {
        let value = members[place].value.merged(with: other.value)
        members[place] = Member(name: other.name, source: other.source, value: value)
      } else {
        members.append(other)
      }
    }
    return Node(.object(members), over.source)
  }
}
