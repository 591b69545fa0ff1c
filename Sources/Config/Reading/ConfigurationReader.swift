import Base

/// Turns the merged tree into values: the table of contents of the configuration.
struct ConfigurationReader {
  let context: ReadingContext
  /// For `~/`; nil for a daemon that serves the whole system and is nobody's.
  let home: String?

  func read(_ root: Node) -> Configuration {
    var configuration = Configuration()
    var section = SectionReader(context, root, path: [], hearsVariables: true)
    let entries = ProviderReader(context: context, environmentKeys: EnvironmentKeys()).read(
      section.node("providers"))
    configuration.providers = entries.providers
    var catalogue = Catalogue(kinds: entries.named, providers: entries.providers)
    configuration.models = ModelReader(context: context).read(section.node("models"), catalogue)
    catalogue.lists = configuration.models
    readDefaults(&configuration.defaults, section.section("defaults"), catalogue)
    readPictures(&configuration.pictures, section.section("pictures"))
    LimitsReader(context: context).read(&configuration.limits, section.section("limits"))
    readLog(&configuration.log, section.section("log"))
    readBackups(&configuration.backups, section.section("backups"))
    readPrompt(&configuration.prompt, section.section("prompt"))
    section.finish()
    context.reportMistypedVariables()
    return configuration
  }

  private func readDefaults(
    _ defaults: inout DefaultModels, _ given: SectionReader, _ catalogue: Catalogue
  ) {
    var section = given
    func form(_ use: Catalogue.Use) -> Form<ModelReference> { .reference(catalogue, for: use, lists: true) }
    defaults.chat = section.value(
      "chat", form(.text), default: catalogue.first(for: .text) ?? defaults.chat)
    defaults.fast = section.value("fast", form(.text), default: defaults.chat)
    defaults.vision = section.optional("vision", form(.text))
    defaults.picture = section.value(
      "picture", form(.picture), default: catalogue.first(for: .picture) ?? defaults.picture)
    defaults.edit = section.optional("edit", form(.edit))
    defaults.embedding = section.optional("embedding", form(.embedding))
    section.finish()
  }

  private func readPictures(_ pictures: inout PictureSettings, _ given: SectionReader) {
    var section = given
    pictures.quality = section.value("quality", .integer(1...100, example: "85"), default: pictures.quality)
    pictures.maxSide = section.value(
      "maxSide", .integer(64...8192, example: "1920"), default: pictures.maxSide)
    pictures.headerWidth = section.value(
      "headerWidth", .integer(64...8192, example: "800"), default: pictures.headerWidth)
    pictures.fallback = section.value("fallback", .choice(example: "\"none\""), default: pictures.fallback)
    section.finish()
  }

  private func readLog(_ log: inout LogSettings, _ given: SectionReader) {
    var section = given
    log.level = section.value("level", .choice(example: "\"info\""), default: log.level)
    // The sink is chosen once, before the first line.
    log.format = section.value("format", .choice(example: "\"auto\""), default: log.format, takes: .restart)
    section.finish()
  }

  private func readBackups(_ backups: inout BackupSettings, _ given: SectionReader) {
    var section = given
    let home = home
    let folder = Form<String>.text("the path of a folder", example: "\"~/backups\"")
    let absolute = folder.map(
      { text in
        if text.hasPrefix("/") { return .value(text) }
        if let home, text == "~" || text.hasPrefix("~/") { return .value(home + text.dropFirst(1)) }
        return .wrong(
          suggestion: text.hasPrefix("~")
            ? "write the path in full" : "write it from / on, or from ~/ for your home",
          found: Quoting.quoted(text), expected: "an absolute path")
      }, back: { $0 })
    backups.folders = section.list("folders", of: absolute, most: 16)
    backups.keepDays = section.value("keepDays", .integer(1...3650, example: "30"), default: backups.keepDays)
    section.finish()
  }

  private func readPrompt(_ prompt: inout PromptSettings, _ given: SectionReader) {
    var section = given
    readSampling(&prompt.reply, section.section("reply"))
    readAnalysis(&prompt.analysis, section.section("analysis"))
    prompt.contextMessages = section.value(
      "contextMessages", .integer(2...1000, example: "20"), default: prompt.contextMessages)
    section.finish()
  }

  private func readAnalysis(_ analysis: inout PromptSettings.Analysis, _ given: SectionReader) {
    var section = given
    analysis.maxTokens = section.value(
      "maxTokens", .integer(1...131_072, example: "600"), default: analysis.maxTokens)
    analysis.temperature = section.value(
      "temperature", .number(0...2, example: "0.2"), default: analysis.temperature)
    analysis.every = section.value("every", .integer(0...100, example: "1"), default: analysis.every)
    analysis.model = section.value("model", .choice(example: "\"chat\""), default: analysis.model)
    analysis.timeout = section.value(
      "timeout", .seconds(1...3600, example: "180"), default: analysis.timeout)
    section.finish()
  }

  private func readSampling(_ sampling: inout PromptSettings.Sampling, _ given: SectionReader) {
    var section = given
    sampling.maxTokens = section.value(
      "maxTokens", .integer(1...131_072, example: "200"), default: sampling.maxTokens)
    sampling.temperature = section.value(
      "temperature", .number(0...2, example: "0.9"), default: sampling.temperature)
    section.finish()
  }
}
