package import Base

/// The whole configuration as plain values, checked: every reference has its target and every number its range.
/// `Configuration()` is what no configuration at all means.
package struct Configuration: Sendable, Equatable {
  /// In the order of the files, the built-in ones last.
  package var providers = ProviderSettings.builtIn
  package var models: [ModelList] = []
  package var defaults = DefaultModels()
  package var pictures = PictureSettings()
  package var limits = Limits()
  package var log = LogSettings()
  package var backups = BackupSettings()
  package var prompt = PromptSettings()

  package init() {}

  package func provider(_ name: String) -> ProviderSettings? { providers.first { $0.name == name } }

  /// What a reference may mean, in the order of preference.
  package func members(of reference: ModelReference) -> [ModelReference] {
    guard case .list(let name) = reference else { return [reference] }
    return models.first { $0.name == name }?.members ?? []
  }
}

/// What is used where a chat or a companion names nothing.
package struct DefaultModels: Sendable, Equatable {
  package var chat = ModelReference.provider("offline")
  /// For titles, roleplay data and other short work.
  package var fast = ModelReference.provider("offline")
  /// nil: pictures are not looked at.
  package var vision: ModelReference?
  package var picture = ModelReference.provider("offline")
  /// nil: pictures cannot be changed, only made anew.
  package var edit: ModelReference?
  /// nil: search is by words only.
  package var embedding: ModelReference?

  package init() {}
}

package struct PictureSettings: Sendable, Equatable {
  package enum Fallback: String, Sendable, CaseIterable { case none, placeholder }

  /// JPEG's, 1 to 100.
  package var quality = 85
  /// The longer side of what is stored, in pixels.
  package var maxSide = 1920
  package var headerWidth = 800
  /// What takes a picture's place when it could not be made.
  package var fallback = Fallback.none

  package init() {}
}

package struct LogSettings: Sendable, Equatable {
  package enum Format: String, Sendable, CaseIterable { case auto, journal, json, text }

  package var level = LogLevel.info
  /// `auto`: the journal under systemd, text on a terminal, JSON lines otherwise.
  package var format = Format.auto

  package init() {}
}

package struct BackupSettings: Sendable, Equatable {
  /// Absolute paths. Empty: beside the data.
  package var folders: [String] = []
  package var keepDays = 30

  package init() {}
}

/// Where a chat's own settings say nothing.
package struct PromptSettings: Sendable, Equatable {
  package struct Sampling: Sendable, Equatable {
    package var maxTokens: Int
    package var temperature: Double

    package init(maxTokens: Int, temperature: Double) {
      self.maxTokens = maxTokens
      self.temperature = temperature
    }
  }

  /// How the scene is read out of replies.
  package struct Analysis: Sendable, Equatable {
    package enum Reader: String, Sendable, CaseIterable { case chat, fast }

    package var maxTokens = 600
    package var temperature = 0.2
    /// After every so many replies; 0 is off.
    package var every = 1
    /// The model that wrote the reply, or the one for short work.
    package var model = Reader.chat
    package var timeout = Duration.seconds(180)

    package init() {}
  }

  package var reply = Sampling(maxTokens: 200, temperature: 0.9)
  package var analysis = Analysis()
  /// Messages of history a prompt may have.
  package var contextMessages = 20

  package init() {}
}
