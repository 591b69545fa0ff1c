import Posix

extension Route {
  /// The daemon's methods, sorted by name: what it can do, on one screen.
  @Loop package static var daemon: [Route] {
    [
      .callCancel, .chatCreate, .chatFollow, .chatGet, .chatHistory, .chatList, .chatUnfollow,
      .companionCreate,
      .companionGet, .companionList, .configReload, .configShow, .downloadRead, .eventsSubscribe,
      .eventsUnsubscribe, .health,
      .hello, .logLevel, .messageSend, .metrics, .ping, .discover, .serverStop, .settingsGet, .settingsSet,
      .status,
      .storageCheck, .storageStats, .syncChanges, .turnAttach, .turnCancel, .turnDetach, .turnGet, .turnWait,
      .uploadBegin, .uploadWrite,
    ]
  }
}
