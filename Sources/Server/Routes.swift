import Posix

extension Route {
  /// The daemon's methods, sorted by name: what it can do, on one screen.
  @Loop package static var daemon: [Route] {
    [
      .callCancel, .chatArchive, .chatCreate, .chatDelete, .chatFollow, .chatGet, .chatHistory, .chatLeaves, .chatList, .chatRead, .chatSelect, .chatTree, .chatUnfollow, .chatUpdate,
      .companionCreate,
      .companionGet, .companionList, .configReload, .configShow, .downloadRead, .eventsSubscribe,
      .eventsUnsubscribe, .health,
      .hello, .logLevel, .messageAdd, .messageContinue, .messageDelete,
      .messageEdit, .messageGet, .messageHide, .messageMark, .messageRegenerate, .messageSend, .messageSiblings,
      .metrics, .modelList, .modelTest, .ping,
      .providerProbe, .discover, .serverStop, .settingsGet, .settingsSet,
      .status,
      .storageCheck, .storageStats, .syncChanges, .turnAttach, .turnCancel, .turnDetach, .turnGet, .turnList, .turnRetry, .turnWait,
      .uploadBegin, .uploadWrite,
    ]
  }
}
