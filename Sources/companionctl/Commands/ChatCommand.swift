import Client
import Model
import Wire

extension Commands {
  static let chat = CommandSpec(
    name: "chat",
    summary: "Talk with a companion, line by line",
    takes: Place.words,
    words: 0...1,
    options: [
      OptionSpec("--new", nil, "open a new chat"),
      OptionSpec("--recent", "N", "show so many earlier messages first; 10 when absent"),
      PictureViewer.option,
    ],
    discussion: Place.explained + """
       Replies are printed as they are written, and so is what other clients say here. Ctrl-C stops the reply and not this \
      program; what was written is kept. A restart of the daemon is waited for. From a pipe, each line is answered before \
      the next is sent.
      """,
    terms: ("Typed at the beginning of a line", ChatWord.rows),
    examples: [
      .init("companionctl chat", "Go on where you were."),
      .init("companionctl chat --new ada", "Begin anew."),
      .init("printf 'Hello\\nGoodbye\\n' | companionctl chat ada", "A script's conversation."),
    ]
  ) { invocation in
    let recent = Int(try invocation.number("--recent", in: 0...200, whole: true) ?? 10)
    let client = invocation.client(reconnect: ReconnectPolicy(attempts: nil))
    let place = try Place.findOrOpen(invocation.words.first, isNew: invocation.has("--new"), client)
    let user = try client.call(SettingsGet.self, timeout: Invocation.patience).settings.user
    return try Talk(place, client, personName: user?.name, invocation).run(recent: recent)
  }
}
