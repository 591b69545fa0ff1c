import Base
import Client
import Model
import Wire

extension Commands {
  static let follow = CommandSpec(
    name: "follow",
    summary: "Print a conversation live, until interrupted",
    takes: Place.words,
    words: 0...1,
    discussion: Place.explained + """
       Whoever speaks, from whatever client, is shown as it is written; a restart of the daemon is survived. With --json \
      each line is a notification of the protocol.
      """,
    examples: [.init("companionctl follow ada", "Watch from a second terminal.")]
  ) { invocation in
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let place = try Place.find(invocation.words.first, client)
    let user = try client.call(SettingsGet.self, timeout: Invocation.patience).settings.user
    var listening = Listening(
      view: ConversationView(
        place: place, personName: user?.name, out: invocation.out, err: invocation.err),
      client: client)
    client.follow(place.chat.id)
    while let news = try client.nextNews() {
      guard invocation.json else {
        try listening.hear(news)
        continue
      }
      switch news {
      case .stream(let stream): try invocation.print(StreamLine.stream(stream))
      case .event(let event): try invocation.print(StreamLine.event(event))
      case .notFollowing(_, let error): throw ClientError.daemon(error)
      default: break
      }
    }
    return .done
  }

  static let cancel = CommandSpec(
    name: "cancel",
    summary: "Stop the reply that is being written; what is there stays",
    takes: Place.words,
    words: 0...1,
    options: [OptionSpec("--turn", "TURN", "this turn, whatever its chat")],
    discussion: Place.explained,
    examples: [.init("companionctl cancel ada", "Enough.")]
  ) { invocation in
    let client = invocation.client()
    let named = try invocation.id("--turn")
    let running = try named ?? Place.find(invocation.words.first, client).chat.turn
    guard let turn = running else {
      if invocation.json {
        try invocation.print([String: Bool]())
      } else {
        invocation.out.line("Nothing is being written there.")
      }
      return .done
    }
    let reply = try client.call(
      CallRequest(TurnCancel.self, TurnCancel.Params(turn: turn)), timeout: Invocation.patience)
    if invocation.json {
      invocation.print(reply.json)
    } else {
      let now = try reply.decoded(as: TurnCancel.self).turn
      invocation.out.line(
        now.phase == .cancelled ? "Cancelled; what was written is kept." : "It was over already.")
    }
    return .done
  }
}

/// A conversation that goes on: what is heard of it, printed, and what was missed, fetched.
struct Listening {
  var view: ConversationView
  let client: BlockingClient
  private var isLost = false

  init(view: ConversationView, client: BlockingClient) {
    self.view = view
    self.client = client
  }

  var isConnected: Bool { !isLost }

  /// Answers whether anything was printed.
  @discardableResult
  mutating func hear(_ news: News) throws -> Bool {
    switch news {
    case .stream(let stream): view.show(stream)
    case .event(let event):
      guard let long = view.show(event) else { return false }
      try fetch(ChatHistory.Params(chat: view.chat, leaf: long, limit: 1))
    case .following:
      // The first time there is nothing to catch up on: what was said before is history's to print.
      if let last = view.last { try fetch(ChatHistory.Params(chat: view.chat, after: last, limit: 200)) }
    case .notFollowing(_, let error): throw ClientError.daemon(error)
    case .lost(let loss):
      // The first attempt may still reach the one that is going; that is not worth a line.
      if !isLost {
        view.closeLine()
        view.note("connection lost (\(loss)); waiting for the daemon")
      }
      isLost = true
    case .ready(_, restarted: .some(let restarted)):
      isLost = false
      view.note(restarted ? "connected again; the daemon was restarted" : "connected again")
    default: return false
    }
    return true
  }

  private mutating func fetch(_ params: ChatHistory.Params) throws {
    do throws(ClientError) {
      view.show(try client.call(ChatHistory.self, params, timeout: Invocation.patience).messages)
    } catch .daemon(let error) where error.code == .notFound {
      view.note("the conversation went on elsewhere; companionctl history shows it")
    }
  }
}
