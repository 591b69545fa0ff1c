import Base

/// What a reference may point at.
struct Catalogue {
  /// By name; nil for an entry whose kind could not be read, which may be anything.
  var kinds: [String: ProviderKind?]
  var providers: [ProviderSettings]
  var lists: [ModelList] = []

  enum Use {
    case any, text, picture, edit, embedding

    var words: String {
      switch self {
      case .any: "a provider"
      case .text: "a provider that writes text"
      case .picture: "a provider that draws pictures"
      case .edit: "a provider that changes pictures"
      case .embedding: "a provider that makes embeddings"
      }
    }

    func suits(_ kind: ProviderKind) -> Bool {
      switch self {
      case .any: true
      case .text: kind.writesText
      case .picture: kind.drawsPictures
      case .edit: kind.editsPictures
      case .embedding: kind.embeds
      }
    }
  }

  /// The first that a person configured and that can do it: what they would expect to be used.
  func first(for use: Use) -> ModelReference? {
    providers.first { !$0.kind.isBuiltIn && use.suits($0.kind) }.map { .provider($0.name) }
  }
}

extension Form where Value == ModelReference {
  /// `lists`: whether a name from `models` will do.
  static func reference(_ catalogue: Catalogue, for use: Catalogue.Use, lists: Bool) -> Form {
    let names = lists ? "provider/model, a provider or a name from models" : "provider/model or a provider"
    return Form(
      expected: names, example: "\"home/gemma\"",
      read: { node in
        guard case .text(let text) = node else { return .wrong() }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        let reference: ModelReference
        if parts.count == 2 {
          if parts[1].isEmpty {
            return .wrong(suggestion: "write the model after the slash", found: Quoting.quoted(text))
          }
          reference = .model(provider: parts[0], model: parts[1])
        } else {
          let isList = lists && catalogue.lists.contains { $0.name == text }
          reference = isList ? .list(text) : .provider(text)
        }
        return catalogue.checked(reference, text, use, lists: lists)
      }, show: { .text($0.description) })
  }
}

extension Catalogue {
  fileprivate func checked(_ reference: ModelReference, _ text: String, _ use: Use, lists: Bool)
    -> Form<ModelReference>.Reading
  {
    var meant = [reference]
    if case .list(let name) = reference { meant = self.lists.first { $0.name == name }?.members ?? [] }
    for member in meant {
      guard let name = member.provider else { continue }
      guard let kind = kinds[name] else { return unknown(member, text, lists: lists) }
      if let kind, !use.suits(kind) {
        let suited = providers.filter { use.suits($0.kind) }.map { Quoting.name($0.name) }
        return .wrong(
          suggestion: "those that do: \(suited.joined(separator: ", "))",
          found: "\(Quoting.quoted(text)), of kind \"\(kind.rawValue)\"", expected: use.words)
      }
      if case .model(_, let model) = member,
        let offered = providers.first(where: { $0.name == name })?.models,
        !offered.isEmpty, !offered.contains(model)
      {
        let near = Suggestion.nearest(to: model, in: offered)
        return .wrong(
          suggestion: near.map { "did you mean \(Quoting.quoted("\(name)/\($0)"))?" }
            ?? "add it to providers.\(Quoting.name(name)).models",
          found: Quoting.quoted(text), expected: "a model that providers.\(Quoting.name(name)).models lists")
      }
    }
    return .value(reference)
  }

  private func unknown(_ reference: ModelReference, _ text: String, lists: Bool)
    -> Form<ModelReference>.Reading
  {
    let listNames = lists ? self.lists.map(\.name) : []
    switch reference {
    case .model(let provider, let model):
      let near = Suggestion.nearest(to: provider, in: kinds.keys.sorted())
      return .wrong(
        suggestion: near.map { "did you mean \(Quoting.quoted("\($0)/\(model)"))?" }
          ?? "the providers are \(all)",
        found: "the unknown provider \(Quoting.quoted(provider))", expected: "a provider that is configured")
    case .provider(let name), .list(let name):
      let owner = providers.first { $0.models.contains(name) }
      let near = Suggestion.nearest(to: name, in: kinds.keys.sorted() + listNames)
      let suggestion =
        owner.map { "did you mean \(Quoting.quoted("\($0.name)/\(name)"))?" }
        ?? near.map { "did you mean \(Quoting.quoted($0))?" }
      return .wrong(
        suggestion: suggestion ?? "the providers are \(all)",
        found: "the unknown name \(Quoting.quoted(text))")
    }
  }

  private var all: String { kinds.keys.sorted().map(Quoting.name).joined(separator: ", ") }
}

/// Reads `models`: names for lists of models.
struct ModelReader {
  let context: ReadingContext

  func read(_ node: Node?, _ catalogue: Catalogue) -> [ModelList] {
    let section = SectionReader(context, node, path: ["models"], hearsVariables: false)
    return section.entries().compactMap { member in
      let path = section.path + [member.name]
      if !isName(member.name) {
        context.wrong(
          member.source, path, expected: ProviderReader.expectedName, found: Quoting.quoted(member.name),
          suggestion: "use another name")
      } else if catalogue.kinds.keys.contains(member.name) {
        context.wrong(
          member.source, path, expected: "a name no provider has", found: Quoting.quoted(member.name),
          suggestion: "choose another name for the list")
      }
      let form = Form<ModelReference>.reference(catalogue, for: .any, lists: false)
      let members = SectionReader.items(
        member.value, path: path, of: form, most: 64, context, .effectOnReload)
      if case .list([]) = member.value.value {
        context.wrong(
          member.value.source, path, expected: "at least one model", found: "an empty list",
          suggestion: "for example: [\(form.example)]")
      }
      return ModelList(name: member.name, members: members)
    }
  }
}
