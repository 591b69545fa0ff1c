import Base

/// The variables other programs use for the same keys. Each is for its vendor's own servers: handing an OpenAI key
/// to whatever else speaks OpenAI's language would give it away.
struct EnvironmentKeys {
  private struct Vendor {
    let variables: [String]
    let kinds: [ProviderKind]
    let domains: [String]
  }

  private static let vendors = [
    Vendor(variables: ["OPENAI_API_KEY"], kinds: [.openai, .openaiImages], domains: ["openai.com"]),
    Vendor(variables: ["ANTHROPIC_API_KEY"], kinds: [.anthropic], domains: ["anthropic.com"]),
    Vendor(variables: ["NOVITA_API_KEY", "NOVITA_KEY"], kinds: [.openai], domains: ["novita.ai"]),
    Vendor(variables: ["FAL_KEY", "FAL_API_KEY"], kinds: [.fal], domains: ["fal.run", "fal.ai"]),
  ]

  private func vendor(of provider: ProviderSettings) -> Vendor? {
    guard let url = provider.url else { return nil }
    return Self.vendors.first { vendor in
      vendor.kinds.contains(provider.kind) && vendor.domains.contains(where: url.belongs(to:))
    }
  }

  /// The first that is set, for a provider that has no key of its own. Never sent unencrypted.
  func key(for provider: ProviderSettings, _ context: ReadingContext) -> (secret: Secret, source: Source)? {
    guard let vendor = vendor(of: provider), provider.url?.isEncrypted == true else { return nil }
    for variable in vendor.variables {
      guard let text = context.variable(variable) else { continue }
      do throws(Secret.Unfit) { return (try Secret.checked(text), .environment(variable)) } catch {
        context.wrong(
          .environment(variable), ["providers", provider.name, "key"], expected: error.expected,
          found: error.found, suggestion: "set the variable to the key alone, or unset it")
        return nil
      }
    }
    return nil
  }

  /// Two things that work, or seem to, and are worth a word.
  func warnAboutKey(of provider: ProviderSettings, _ source: Source, _ context: ReadingContext) {
    guard let url = provider.url else { return }
    let path = ["providers", provider.name]
    if provider.key != nil, !url.isEncrypted, !url.isLoopback {
      context.warn(
        source, path + ["url"], expected: "https for a server that is sent a key", found: "http",
        suggestion: "everybody on the way can read the key")
    }
    if provider.key == nil, provider.headers.isEmpty, let vendor = vendor(of: provider),
      context.problems.isEmpty
    {
      context.warn(
        source, path, expected: "a key for \(url.host)", found: "none",
        suggestion: "set keyFile, or the variable \(vendor.variables[0])")
    }
  }
}
