import Base

/// Reads `providers`: named entries whose keys depend on their kind.
struct ProviderReader {
  let context: ReadingContext
  let environmentKeys: EnvironmentKeys

  static let expectedName = "a name of at most 64 letters, digits, - and _"

  /// An entry whose kind is not known, or whose other keys are wrong, still has its name: what refers to it is not
  /// reported as well.
  struct Entries {
    var providers: [ProviderSettings] = []
    var named: [String: ProviderKind?] = [:]
  }

  func read(_ node: Node?) -> Entries {
    var entries = Entries()
    let section = SectionReader(context, node, path: ["providers"], hearsVariables: false)
    for member in section.entries() {
      guard isName(member.name) else {
        context.wrong(
          member.source, section.path + [member.name], expected: Self.expectedName,
          found: Quoting.quoted(member.name), suggestion: "use another name; models are then name/model")
        continue
      }
      let provider = provider(member)
      entries.named[member.name] = .some(provider?.kind)
      if let provider { entries.providers.append(provider) }
    }
    for provider in ProviderSettings.builtIn where !entries.named.keys.contains(provider.name) {
      entries.named[provider.name] = provider.kind
      entries.providers.append(provider)
    }
    return entries
  }

  private func provider(_ member: Node.Member) -> ProviderSettings? {
    var section = SectionReader(
      context, member.value, path: ["providers", member.name], hearsVariables: false)
    guard case .object = member.value.value else { return nil }
    let builtIn = ProviderSettings.builtIn.first { $0.name == member.name }
    let given: ProviderKind? = section.optional("kind", .choice(example: "\"openai\""))
    guard let kind = given ?? (section.has("kind") ? nil : builtIn?.kind) else {
      if !section.has("kind") {
        context.wrong(
          member.source, section.path + ["kind"], expected: "the kind of server this is", found: "none",
          suggestion: "most servers speak kind: \"openai\"")
      }
      return nil
    }
    if let builtIn, builtIn.kind != kind {
      context.wrong(
        member.source, section.path, expected: "kind \"\(builtIn.kind.rawValue)\" for this name",
        found: "kind \"\(kind.rawValue)\"",
        suggestion: "choose another name: this one means the provider that is built in")
    }
    var provider = ProviderSettings(name: member.name, kind: kind)
    if kind.isBuiltIn {
      for name in ["url", "key", "keyFile", "headers", "totalTimeout"] { refuse(name, kind, &section) }
    } else {
      readServer(&provider, &section, member)
    }
    readText(&provider, &section)
    readWorkflow(&provider, &section)
    let model = Form<String>.text("the name of a model", most: 256, example: "\"gemma-3-27b\"")
    provider.models = section.list("models", of: model, most: 1000)
    let local = provider.url?.isLoopback ?? true
    provider.concurrency = section.value(
      "concurrency", .integer(1...64, example: "2"), default: local ? 1 : 4)
    section.finish()
    return provider
  }

  /// What every real server has: an address, a key, headers, an end to waiting.
  private func readServer(
    _ provider: inout ProviderSettings, _ section: inout SectionReader, _ member: Node.Member
  ) {
    let given = section.optional("url", .url)
    if given == nil, !section.has("url") {
      if let usual = provider.kind.usualURL {
        provider.url = try? BaseURL(usual)
        context.record(section.path + ["url"], .text(usual), .builtIn, .effectOnReload)
      } else {
        context.wrong(
          member.source, section.path + ["url"],
          expected: "the server's address: kind \"\(provider.kind.rawValue)\" has no usual one",
          found: "none",
          suggestion: "for example: url: \"http://127.0.0.1:8080/v1\"")
      }
    } else {
      provider.url = given
    }
    provider.headers = HeaderReader(context: context).read(
      section.node("headers"), path: section.path + ["headers"])
    provider.key = KeyReader(context: context).read(&section)
    if provider.key == nil, !section.has("key"), !section.has("keyFile"),
      let found = environmentKeys.key(for: provider, context)
    {
      provider.key = found.secret
      context.record(section.path + ["key"], .secret(found.secret), found.source, .effectOnReload)
    }
    environmentKeys.warnAboutKey(of: provider, member.source, context)
    let seconds = Form<Duration>.seconds(1...86_400, example: "600")
    provider.totalTimeout = section.value("totalTimeout", seconds, default: provider.totalTimeout)
  }

  private func readText(_ provider: inout ProviderSettings, _ section: inout SectionReader) {
    let names = ["firstTokenTimeout", "tokenTimeout", "contextTokens", "reasoning"]
    guard provider.kind.writesText, !provider.kind.isBuiltIn else {
      for name in names { refuse(name, provider.kind, &section) }
      return
    }
    let seconds = Form<Duration>.seconds(1...3600, example: "120")
    provider.firstTokenTimeout = section.value(
      "firstTokenTimeout", seconds, default: provider.url?.isLoopback == true ? .seconds(300) : .seconds(120))
    provider.tokenTimeout = section.value("tokenTimeout", seconds, default: provider.tokenTimeout)
    provider.contextTokens = section.optional("contextTokens", .integer(1024...16_777_216, example: "32768"))
    let model = Form<String>.text("the name of a model", most: 256, example: "\"deepseek-r1\"")
    provider.reasoning = section.list("reasoning", of: model, most: 1000)
  }

  private func readWorkflow(_ provider: inout ProviderSettings, _ section: inout SectionReader) {
    guard provider.kind == .comfyui else { return refuse("workflow", provider.kind, &section) }
    guard let node = section.node("workflow") else { return }
    let path = section.path + ["workflow"]
    let form = Form<String>.text("the path of a workflow saved as JSON", example: "\"portrait.json\"")
    guard let name = SectionReader.checked(node, path, form, context) else { return }
    let file = name.hasPrefix("/") ? name : folderPrefix(of: node.source.file ?? "") + name
    do {
      _ = try FileContents.read(file, most: 8 << 20)
      provider.workflow = file
      context.record(path, .text(file), node.source, .effectOnReload)
    } catch {
      context.wrong(
        node.source, path, expected: "a readable workflow",
        found: "\(error.found) at \(Quoting.looksLikeKey(name) ? "a hidden name" : Quoting.plain(file))",
        suggestion: error.suggestion)
    }
  }

  private func refuse(_ name: String, _ kind: ProviderKind, _ section: inout SectionReader) {
    section.refuse(
      name, expected: "no \(name) for a provider of kind \"\(kind.rawValue)\"", suggestion: "remove it")
  }
}

/// Names that can stand before the slash of `provider/model` and between the dots of a path.
func isName(_ text: String) -> Bool {
  1...64 ~= text.utf8.count && text.utf8.allSatisfy { (isASCIIWordPart($0) && $0 != 0x24) || $0 == 0x2D }
}
