/// How a setting, or a chat, names what should answer.
package enum ModelReference: Sendable, Hashable, CustomStringConvertible {
  /// A name from `models`: a list to choose from.
  case list(String)
  /// A provider alone: whatever it prefers.
  case provider(String)
  /// `provider/model`. The model's name may have slashes of its own.
  case model(provider: String, model: String)

  package var description: String {
    switch self {
    case .list(let name), .provider(let name): name
    case .model(let provider, let model): "\(provider)/\(model)"
    }
  }

  package var provider: String? {
    switch self {
    case .list: nil
    case .provider(let name), .model(let name, _): name
    }
  }
}

/// One entry of `models`: the first with a free slot and no recent failure is taken.
package struct ModelList: Sendable, Equatable {
  package var name: String
  /// Never lists: one level is enough to say everything, and cannot go in circles.
  package var members: [ModelReference]

  package init(name: String, members: [ModelReference]) {
    self.name = name
    self.members = members
  }
}
