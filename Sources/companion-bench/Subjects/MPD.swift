extension Subject {
  /// A daemon of one person that has run on desktops for twenty years.
  static let mpd = Subject(
    name: "mpd", program: "mpd", door: .socket,
    files: { folder in
      [
        "mpd.conf": """
        bind_to_address "\(socket(in: folder))"
        db_file "\(folder)/db"
        state_file "\(folder)/state"
        music_directory "\(folder)"
        auto_update "no"
        max_connections "1100"
        zeroconf_enabled "no"
        audio_output {
          type "null"
          name "none"
        }

        """
      ]
    },
    arguments: { folder in ["--no-daemon", "--stderr", folder + "/mpd.conf"] },
    environment: { ["HOME": $0] },
    greetingLines: 1,
    ping: { _ in Array("ping\n".utf8) })
}
