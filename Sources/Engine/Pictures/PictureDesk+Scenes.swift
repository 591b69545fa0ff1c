package import Base
package import Model
import Providers
import Store

/// Pictures of a companion: as it is in a scene, and its face.
extension PictureDesk {
  /// The scene as it is after a message. One that waits for the same message is answered instead of another.
  package func illustrate(
    _ message: ULID, provider name: String?, of owner: Owner, recording: Recording<Job>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Job> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    let provider = try provider(name ?? defaults.picture)
    let subject = try await subject(of: message, owner)
    if let waiting = subject.waiting {
      return try await surroundings.writing(owner, recording) {
        try $0.storedJob(waiting).job
      } result: {
        $0
      }.recorded
    }
    let making = try illustration(subject, message: message, provider: provider, priority: Self.asked)
    return try await place([making], of: owner, recording?.ofOne, origin).first
  }

  /// The face of a companion: what comes of it becomes its portrait.
  package func portrait(
    _ name: String, provider: String?, of owner: Owner, recording: Recording<Job>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Job> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    let making = try await portraitMaking(name, provider: provider, of: owner)
    return try await place([making], of: owner, recording?.ofOne, origin).first
  }

  /// The same beside something else that was asked for: where a rule is in the way, that is told and nothing more.
  package func portraitOrSkip(of companion: String, of owner: Owner) async {
    do throws(EngineError) {
      let making = try await portraitMaking(companion, provider: nil, of: owner)
      do throws(EngineError) {
        _ = try await place([making], of: owner, nil, Origin(number: 0))
      } catch {
        guard let told = error.asSkipped else { throw error }
        var job = making.job
        (job.state, job.error, job.endedAt) = (.cancelled, told, surroundings.wallClock.now())
        surroundings.publish(Event(owner: owner, .jobSkipped(job)))
      }
    } catch {
      Log(surroundings.log, component: "pictures").error(
        "A new companion's portrait could not be asked for.", ["error": "\(error)"])
    }
  }

  func portraitMaking(
    _ name: String, provider wanted: String?, of owner: Owner
  ) async throws(EngineError) -> Making {
    let provider = try provider(wanted ?? defaults.picture)
    let sitter = try await surroundings.reading(owner) { snapshot in
      let companion = try snapshot.companion(named: name)
      let version = try snapshot.version(companion.version, of: companion.id)
      return Sitter(
        companion: companion.id, persona: version.persona, roleplay: version.roleplay,
        rule: RatingRule(try snapshot.contentRating(), for: version, of: companion.id))
    }
    let prompt = PicturePromptComposer(
      persona: sitter.persona, scene: SceneDawn.state(of: sitter.persona), kind: .portrait,
      form: form(of: provider), rule: sitter.rule, minute: Self.noon, roleplay: sitter.roleplay
    ).compose()
    var order = order(prompt, sitter.persona)
    order.caption = sitter.persona.nickname ?? sitter.persona.name
    var plan = PicturePlan(order, as: .portrait)
    plan.isPortrait = true
    return Making(
      job: job(.portrait, companion: sitter.companion, provider: provider, priority: Self.asked), plan: plan)
  }

  /// Faces are drawn by daylight, whenever they are asked for.
  private static let noon = 720

  private struct Sitter: Sendable {
    let companion: ULID
    let persona: Persona
    let roleplay: CompanionVersion.Roleplay?
    let rule: RatingRule
  }

  // MARK: Scenes

  /// What a picture of a message shows.
  struct Subject: Sendable {
    var context: TurnContext
    /// A job that waits for the same message.
    var waiting: ULID?
  }

  func subject(of message: ULID, _ owner: Owner) async throws(EngineError) -> Subject {
    let now = surroundings.wallClock.now()
    return try await surroundings.reading(owner) { snapshot in
      let found = try snapshot.message(message)
      let chat = try snapshot.chat(found.chat)
      var subject = Subject(context: try TurnContext.read(snapshot, chat, upTo: message))
      subject.context.now = now
      subject.context.zone = TimeZones.offset(subject.context.persona.timezone, at: now)
      subject.waiting = try snapshot.openJobs(ofMessage: message).first
      return subject
    }
  }

  func illustration(
    _ subject: Subject, message: ULID, provider: String, priority: Int
  ) throws(EngineError) -> Making {
    let context = subject.context
    let prompt = context.picture(as: form(of: provider)).compose()
    if let rule = context.rule, let offence = rule.offence(in: prompt.text) {
      throw PictureRules.refusal(offence, rule)
    }
    var order = order(prompt, context.persona)
    let scene = [context.scene.location, context.scene.action].compactMap(\.self).joined(separator: ", ")
    let name = context.persona.nickname ?? context.persona.name
    order.caption = scene.isEmpty ? name : "\(name)\n\(scene)"
    var job = job(
      .illustrate, companion: context.chat.companion, provider: provider, priority: priority)
    (job.chat, job.message) = (context.chat.id, message)
    return Making(job: job, plan: PicturePlan(order, as: .scene))
  }

  private func order(_ prompt: PicturePrompt, _ persona: Persona) -> PictureOrder {
    var order = PictureOrder(prompt: prompt.text)
    order.negative = prompt.negative
    order.checkpoint = persona.imageStyle?.checkpoint
    order.seed = persona.imageStyle?.seed.flatMap { UInt64($0) } ?? freshSeed()
    return order
  }

  /// How a provider wants its prompts; as tags where nobody is to ask.
  func form(of provider: String) -> PicturePrompt.Form {
    (try? painter.traits(of: provider))?.form == .sentence ? .sentence : .tags
  }
}
