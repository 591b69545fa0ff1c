package import Base
package import Model
import Providers
import Store

/// What would be sent, without sending it: the same plan, the same window, the same request as the turn's.
extension TurnDesk {
  /// What a picture of the scene after a message would be asked for with; nil is the chat's last.
  package func picturePreview(
    _ chat: ULID, at message: ULID?, of owner: Owner
  ) async throws(EngineError) -> Preview {
    let context = try await records.context(of: chat, at: message, of: owner)
    roleplay.need(context, of: owner)
    let provider = pictures?.defaults.picture ?? "offline"
    let prompt = context.picture(as: pictures?.form(of: provider) ?? .tags).compose()
    let sections = prompt.parts.filter { !$0.isDropped }.map {
      Preview.Section(name: $0.name, source: $0.source, tokens: ($0.text.utf8.count + 3) / 4)
    }
    return Preview(
      provider: provider, model: "",
      request: ["prompt": .string(prompt.text), "negative": .string(prompt.negative)],
      sections: sections, omitted: prompt.parts.count { $0.isDropped },
      tokens: sections.reduce(0) { $0 + $1.tokens }, cacheBreakers: [],
      isScenePending: tails.isPending(Set(context.history.compactMap(\.id)), of: owner))
  }

  package struct PreviewRequest: Sendable {
    package var chat: ULID
    package var leaf: ULID?
    /// The person's next line; nil previews the reply to what stands.
    package var text: String?
    /// Previews this message's regeneration instead.
    package var message: ULID?

    package init(chat: ULID, leaf: ULID? = nil, text: String? = nil, message: ULID? = nil) {
      self.chat = chat
      self.leaf = leaf
      self.text = text
      self.message = message
    }
  }

  package struct Preview: Sendable {
    package struct Section: Sendable, Hashable {
      package var name: String
      package var source: String
      package var tokens: Int
    }
    package var provider: String
    package var model: String
    package var request: JSONValue
    package var sections: [Section]
    package var omitted: Int
    package var tokens: Int
    /// Sections that are new with every turn: what stands behind them no provider's cache keeps.
    package var cacheBreakers: [String]
    /// A reply that is told has not been read for its scene yet.
    package var isScenePending: Bool
  }

  package func preview(
    _ wanted: PreviewRequest, of owner: Owner
  ) async throws(EngineError) -> Preview {
    let act: TurnAct
    if let message = wanted.message {
      act = .regenerate(RegenerateRequest(message: message))
    } else if let text = wanted.text {
      var send = SendRequest(to: .chat(wanted.chat), text: text)
      send.leaf = wanted.leaf
      act = .send(send)
    } else {
      guard let leaf = try await records.leaf(wanted.leaf, in: wanted.chat, of: owner) else {
        throw .invalid(path: "text", expected: "a line, where the chat has none yet")
      }
      act = .regenerate(RegenerateRequest(message: leaf))
    }
    let plan = try await records.plan(act, in: wanted.chat, of: owner, prompt, isAsked: false)
    guard let reply = plan.reply, plan.message.map({ $0.chat == wanted.chat }) ?? true else {
      throw .notFound(kind: "message", id: wanted.message?.description ?? "")
    }
    let model = reply.order.model ?? reply.context.chat.settings.model ?? defaultModel
    let context = reply.context.fitted(reply.ending, into: pool.window(of: model)) { [pool] in
      pool.tokens(in: $0, model: model)
    }
    let told = context.builder(reply.ending).build()
    let asked: (provider: String, body: JSONValue)
    do throws(ProviderError) {
      asked = try pool.preview(context.request(reply.ending), model: model)
    } catch {
      throw .providerFailed(error.turnError)
    }
    let sections = told.sections.map { section in
      Preview.Section(
        name: section.name, source: section.source,
        tokens: pool.tokens(in: section.text.utf8.count + 16, model: model))
    }
    let late = told.sections.dropFirst(told.stable).map(\.name).filter { $0 != "history" }
    return Preview(
      provider: asked.provider, model: model, request: asked.body, sections: sections,
      omitted: told.omitted, tokens: sections.reduce(0) { $0 + $1.tokens },
      cacheBreakers: late.reduce(into: []) { if !$0.contains($1) { $0.append($1) } },
      isScenePending: tails.isPending(Set(context.history.compactMap(\.id)), of: owner))
  }
}
