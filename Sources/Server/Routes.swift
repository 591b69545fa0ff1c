import Posix

extension Route {
  /// The daemon's methods, sorted by name: what it can do, on one screen.
  @Loop package static var daemon: [Route] {
    [
      .callCancel, .configReload, .configShow, .downloadRead, .eventsSubscribe, .eventsUnsubscribe, .health,
      .hello, .logLevel, .metrics, .ping, .discover, .serverStop, .settingsGet, .settingsSet, .status,
      .storageCheck, .storageStats, .syncChanges, .uploadBegin, .uploadWrite,
    ]
  }
}
