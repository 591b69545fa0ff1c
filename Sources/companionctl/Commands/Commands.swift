/// The table of contents, in the order a newcomer needs them.
enum Commands {
  static let root: CommandSpec = CommandSpec(
    name: "companionctl",
    summary: "Talk to the companion daemon",
    discussion: """
      Sends calls to companiond and prints the answers for people, or with --json for programs. Where systemd holds \
      the socket, calling is enough to start the daemon.
      """,
    examples: [
      .init("companionctl new Ada", "Make a companion."),
      .init("companionctl chat ada", "Talk with them."),
      .init("companionctl status", "What is going on."),
      .init("companionctl settings user Kim", "Tell your companions who you are."),
      .init("companionctl --json call settings.get | jq .settings", "Any method, from a script."),
    ],
    subcommands: [
      companions, new, generate, enhance, importing, exporting, chat, chats, title, send, history, messages,
      tree, search, scene, prompt, follow, cancel, images, imagine, illustrate, portrait, edit, again, jobs,
      trash,
      models, setup,
      settings, usage, backup, status, ping, health, watch, call, discover, config, log, metrics, stop, help,
      version,
    ])
}
