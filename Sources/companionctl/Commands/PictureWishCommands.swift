import Base
import Client
import FoundationEssentials
import Model
import Wire

extension Commands {
  static let illustrate = CommandSpec(
    name: "illustrate",
    summary: "Make a picture of what a reply tells",
    takes: "[COMPANION|CHAT|MESSAGE]",
    words: 0...1,
    options: [OptionSpec("--provider", "NAME", "who draws; the configured one when absent")] + Wish.options,
    discussion: """
      A companion or a chat means its newest message. The picture shows the scene as it is there: who the companion is, what can be \
      seen of what is worn, the place and the light; companionctl prompt --picture shows the words.
      """ + " " + Wish.explained,
    examples: [.init("companionctl illustrate ada", "What happened just now.")]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let message = try messageMeant(invocation.words.first, client)
    let params = ImageIllustrate.Params(message: message, provider: invocation.value("--provider"))
    return try Wish(client, invocation).run { client in
      let reply = try client.call(CallRequest(ImageIllustrate.self, params), timeout: Invocation.patience)
      return (reply, [try reply.decoded(as: ImageIllustrate.self).job])
    }
  }

  /// A message's own id, or the newest of a place.
  private static func messageMeant(_ word: String?, _ client: BlockingClient) throws -> ULID {
    if let id = word.flatMap({ ULID($0) }), let message = try message(id, client) { return message.id }
    // Else it is a chat's or a companion's.
    let place = try Place.find(word, client)
    guard let head = place.chat.head else {
      throw Missing(description: "Nothing was said there yet that could be shown.")
    }
    return head
  }

  /// nil where there is none of that id.
  private static func message(_ id: ULID, _ client: BlockingClient) throws(ClientError) -> Message? {
    do throws(ClientError) {
      let params = MessageGet.Params(message: id)
      return try client.call(MessageGet.self, params, timeout: Invocation.patience).message
    } catch .daemon(let error) where error.code == .notFound {
      return nil
    }
  }

  static let portrait = CommandSpec(
    name: "portrait",
    summary: "Make a companion's portrait",
    takes: "COMPANION",
    words: 1...1,
    options: [OptionSpec("--provider", "NAME", "who draws; the configured one when absent")] + Wish.options,
    discussion: "From its appearance and its default outfit. Once more makes another one. " + Wish.explained,
    examples: [.init("companionctl portrait ada", "A face for the list.")]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let params = ImagePortrait.Params(
      companion: invocation.words[0], provider: invocation.value("--provider"))
    return try Wish(client, invocation).run { client in
      let reply = try client.call(CallRequest(ImagePortrait.self, params), timeout: Invocation.patience)
      return (reply, [try reply.decoded(as: ImagePortrait.self).job])
    }
  }

  static let edit = CommandSpec(
    name: "edit",
    summary: "Change a picture by words",
    takes: "IMAGE WORDS …",
    words: 2...4096,
    options: [OptionSpec("--provider", "NAME", "who changes it; the configured one when absent")]
      + Wish.options,
    discussion: "IMAGE is an id, or last. The picture itself stays as it is. " + Wish.explained,
    examples: [.init("companionctl edit last \"the same at night, in the rain\"", "Another one of it.")]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let image = try client.image(invocation.words[0], invocation)
    let params = ImageEdit.Params(
      image: image.id, instruction: try invocation.text(behind: 1),
      provider: invocation.value("--provider"))
    return try Wish(client, invocation).run { client in
      let reply = try client.call(CallRequest(ImageEdit.self, params), timeout: Invocation.patience)
      return (reply, [try reply.decoded(as: ImageEdit.self).job])
    }
  }

  static let again = CommandSpec(
    name: "again",
    summary: "Make a picture once more",
    takes: "[IMAGE]",
    words: 0...1,
    options: [OptionSpec("--seed", "N", "this seed; a new one when absent")] + Wish.options,
    discussion: "With everything it was asked for with. The newest where none is named. " + Wish.explained,
    examples: [.init("companionctl again last", "Perhaps a better one.")]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let image = try client.image(invocation.words.first, invocation)
    let params = ImageAgain.Params(image: image.id, seed: invocation.value("--seed"))
    return try Wish(client, invocation).run { client in
      let reply = try client.call(CallRequest(ImageAgain.self, params), timeout: Invocation.patience)
      return (reply, [try reply.decoded(as: ImageAgain.self).job])
    }
  }
}

/// Pictures that are asked for: on a terminal they are waited for and shown; elsewhere their jobs are told, unless somebody waits.
struct Wish {
  private let client: BlockingClient
  private let invocation: Invocation

  static let options = [
    OptionSpec("--wait", nil, "wait for the picture where no terminal is"),
    OptionSpec("--no-wait", nil, "do not wait for it on a terminal"),
    PictureViewer.option,
  ]
  static let explained = """
    On a terminal the picture is waited for and shown; interrupting cancels nothing, companionctl jobs shows how it goes on. Its \
    file goes to stdout, or its id where the file is another user's. The exit status is 1 when it could not be made.
    """

  init(_ client: BlockingClient, _ invocation: Invocation) throws(UsageError) {
    guard !(invocation.has("--wait") && invocation.has("--no-wait")) else {
      throw UsageError("Either --wait or --no-wait.", seeHelpOf: invocation.line.names)
    }
    self.client = client
    self.invocation = invocation
  }

  private var waits: Bool {
    invocation.has("--wait")
      || !invocation.has("--no-wait") && !invocation.json && invocation.err.isTerminal
  }

  func run(_ ask: (BlockingClient) throws -> (Reply, [Job])) throws -> ExitCode {
    guard waits else {
      let (reply, jobs) = try ask(client)
      if invocation.json {
        invocation.print(reply.json)
      } else {
        for job in jobs { invocation.out.line(job.id.description) }
      }
      return .done
    }
    var watch = JobWatch(client, invocation)
    let (_, asked) = try ask(client)
    let jobs = try watch.wait(for: asked)
    let viewer = PictureViewer(invocation)
    for job in jobs {
      if invocation.json {
        try invocation.print(JobGet.Result(job: job))
      } else if let id = job.image {
        let params = ImageGet.Params(image: id)
        let image = try client.call(ImageGet.self, params, timeout: Invocation.patience).image
        try viewer.show(image, client)
        invocation.out.line((image.path ?? image.id.description).escaped)
        if invocation.err.isTerminal { invocation.err.line(invocation.err.styled(image.line, .dim)) }
      } else {
        invocation.err.line("companionctl: \(JobWatch.words(job))")
      }
    }
    return jobs.allSatisfy { $0.state == .succeeded } ? .done : .refused
  }
}
