import Base
import Client
import Model
import Wire

/// A conversation at a terminal, or through a pipe: what is typed goes out, what anybody says comes in, as it happens.
///
/// One thread waits for the connection, the keyboard and Ctrl-C together. While a reply is being written, a typed line waits
/// for its end; the daemon takes one at a time.
final class Talk {
  let client: BlockingClient
  let place: Place
  let invocation: Invocation
  var listening: Listening
  var input = LineInput()
  /// Calls under way, and what for.
  private(set) var asked: [CallToken: Asked] = [:]
  /// The turn whose reply is being written in this chat, whoever asked for it.
  private(set) var running: ULID?
  private var isDone = false
  var hasPrompt = false
  var promptLine: PromptLine
  /// The next line stands on the screen already, because it was sent once before.
  private var isEchoed = false
  /// What /switch counts.
  var branches: Branches?

  enum Asked {
    case send(String)
    /// A call that has the companion write, and how its result names the turn.
    case generate((Reply) throws -> (turn: Turn?, message: Message?))
    case cancel
  }

  init(_ place: Place, _ client: BlockingClient, personName: String?, _ invocation: Invocation) {
    self.place = place
    self.client = client
    self.invocation = invocation
    promptLine = PromptLine(invocation.out)
    // Not asked: what the person types meanwhile would be lost.
    let pictures =
      invocation.has("--no-picture")
      ? nil
      : PictureScreen(invocation.out, environment: invocation.environment, widest: 60) {
        TerminalQuestion.guess(invocation.environment)
      }
    listening = Listening(
      view: ConversationView(
        place: place, personName: personName, out: invocation.out, err: invocation.err, pictures: pictures),
      client: client)
  }

  /// Until the person leaves, or nothing more is typed and all is answered.
  func run(recent: Int) throws -> ExitCode {
    let interrupts = Interrupts.descriptor()
    if input.isTerminal, invocation.out.canErase, RawTerminal.begin() {
      input.editor = LineEditor(completing: ChatWord.allCases.map(\.rawValue))
    }
    defer {
      if input.editor != nil { clearPrompt() }
      RawTerminal.end()
    }
    try begin(recent: recent)
    while !isDone {
      try takeLines()
      if input.isOver, !input.hasLine, running == nil, asked.isEmpty { break }
      guard !isDone else { break }
      prompt()
      var descriptors = interrupts.map { [$0] } ?? []
      if !input.isOver, !input.hasLine { descriptors.append(0) }
      switch try client.next(awaiting: Array(asked.keys), descriptors: descriptors) {
      case .reply(let token, let outcome): try answered(token, outcome)
      case .news(let news): try hear(news)
      case .readable(0): typed()
      case .readable(let descriptor):
        Interrupts.clear(descriptor)
        if !listening.isConnected {
          clearPrompt()
          return .interrupted
        }
        interrupted()
      case nil: break
      }
    }
    if input.editor == nil, hasPrompt, input.isOver { invocation.out.line("") }
    return .done
  }

  private func begin(recent: Int) throws {
    // Followed first: what is said between the two is in both, and printed once.
    client.follow(place.chat.id)
    if recent > 0 { try printHistory(recent) }
    if input.isTerminal {
      listening.view.note("with \(place.companion.name.escaped); /help tells what there is")
    }
  }

  func printHistory(_ limit: Int) throws(ClientError) {
    let history = try client.call(
      ChatHistory.self, ChatHistory.Params(chat: place.chat.id, limit: limit), timeout: Invocation.patience)
    listening.view.show(history.messages)
  }

  // MARK: What the person wants

  private func takeLines() throws {
    while !isDone, let line = input.first {
      guard case .text(let text) = line else {
        _ = input.next()
        hasPrompt = false
        listening.view.note("that line is longer than \(Limits().maxTextBytes) bytes and was not sent")
        continue
      }
      let meaning = ChatLine(text)
      let waits = running != nil || !asked.isEmpty
      switch meaning {
      case .nothing, .unknown: break
      case .say: if waits { return }
      case .word(let word, _): if waits, !word.isAlwaysPossible { return }
      }
      _ = input.next()
      if input.editor == nil {
        // The terminal has gone to the next line by itself.
        hasPrompt = false
      } else {
        clearPrompt()
        listening.view.closeLine()
        if !isEchoed { promptLine.leave(text) }
        isEchoed = false
      }
      try take(meaning)
    }
  }

  private func take(_ line: ChatLine) throws {
    switch line {
    case .nothing: break
    case .say(let text): try say(text)
    case .word(let word, let rest): try take(word, rest)
    case .unknown(let name, let meant):
      let hint = meant.map { " Did you mean /\($0)?" } ?? ""
      listening.view.note("there is no /\(name.printable(limit: 80)).\(hint) /help tells what there is")
    }
  }

  private func take(_ word: ChatWord, _ rest: String) throws {
    switch word {
    case .help:
      var table = Table(indent: "  ")
      for (name, summary) in ChatWord.rows { table.row("\(name)", "\(summary)") }
      invocation.out.line(table.text)
    case .history:
      guard let limit = rest.isEmpty ? 20 : Int(rest), (1...200).contains(limit) else {
        listening.view.note("/history takes a number from 1 to 200")
        return
      }
      listening.view.forgetShown()
      try printHistory(limit)
    case .cancel: interrupted()
    case .quit: isDone = true
    case .branches, .switch, .delete:
      do throws(ClientError) {
        try choose(word, rest)
      } catch .daemon(let error) {
        listening.view.note(error.message.printable(limit: 1024))
      }
    case .regen, .edit, .continue, .retry: try generate(word, rest)
    }
  }

  private func say(_ text: String) throws {
    let params = MessageSend.Params(chat: place.chat.id, text: text)
    asked[client.send(try CallRequest(MessageSend.self, params))] = .send(text)
  }

  /// Makes a call that has the companion write.
  func generate(
    _ request: CallRequest, _ read: @escaping (Reply) throws -> (turn: Turn?, message: Message?)
  ) {
    branches = nil
    asked[client.send(request)] = .generate(read)
  }

  /// Ctrl-C stops the reply, never the client.
  private func interrupted() {
    guard let running else {
      if let editor = input.editor, !editor.isEmpty {
        // As in a shell: the line goes, and nothing else.
        clearPrompt()
        input.editor?.clear()
        return
      }
      if input.editor != nil { clearPrompt() } else if hasPrompt { invocation.out.line("") }
      hasPrompt = false
      listening.view.note("nothing is being written; /quit or Ctrl-D leaves")
      return
    }
    guard let request = try? CallRequest(TurnCancel.self, TurnCancel.Params(turn: running)) else { return }
    asked[client.send(request)] = .cancel
  }

  // MARK: What comes back

  private func answered(_ token: CallToken, _ outcome: Result<Reply, ClientError>) throws {
    guard let purpose = asked.removeValue(forKey: token) else { return }
    do {
      let reply = try outcome.get()
      switch purpose {
      case .send:
        let sent = try reply.decoded(as: MessageSend.self)
        said(sent.message)
        running = sent.turn?.id
      case .generate(let read):
        let (turn, message) = try read(reply)
        if let message { said(message) }
        running = turn?.id
      case .cancel: break
      }
    } catch ClientError.daemon(let error) {
      refused(error, purpose)
    }
  }

  /// A terminal shows what is typed by itself; a pipe's reader would not see it.
  private func said(_ message: Message) {
    if input.isTerminal { listening.view.said(message) } else { listening.view.show(message) }
  }

  private func refused(_ error: RPCError, _ purpose: Asked) {
    clearPrompt()
    if case .send(let text) = purpose, error.code == .busy,
      let turn = error.details["turn"]?.string.flatMap({ ULID($0) })
    {
      // Another client was faster. This line goes after that reply, whose end is heard in any case.
      isEchoed = true
      input.putBack(text.hasPrefix("/") ? "/" + text : text)
      if running != turn, listening.view.streaming != turn { client.listen(to: turn) }
      running = turn
      return
    }
    let sentence = error.message.printable(limit: 1024)
    switch purpose {
    case .send: listening.view.note("not sent: \(sentence)")
    case .cancel, .generate: listening.view.note(sentence)
    }
  }

  private func hear(_ news: News) throws {
    switch news {
    case .stream(.began(let begin)) where begin.turn.chat == place.chat.id: running = begin.turn.id
    case .stream(.ended(let end)) where end.turn.id == running: running = nil
    case .stream(.gone(let turn, _)) where turn == running: running = nil
    case .following(let result):
      if let turn = result.turn { running = turn.id }
    case .stream, .event, .lost, .ready: break
    case .notFollowing, .closed, .subscribed, .refused, .notification, .missed, .changes, .changesUnknown:
      break
    }
    if prints(news) { clearPrompt() }
    try listening.hear(news)
  }

  /// Whether something may be printed: the prompt is taken away before, and comes back after.
  private func prints(_ news: News) -> Bool {
    switch news {
    case .event(let event):
      [MessageCreated.name, MessageUpdated.name, StateChanged.name].contains(event.topic)
    case .stream(.phase(let phase)): phase.detail != nil
    case .ready(_, restarted: nil): false
    case .stream, .lost, .ready, .following: true
    default: false
    }
  }
}
