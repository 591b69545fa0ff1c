import Posix

extension Route {
  /// The daemon's methods, sorted by name: what it can do, on one screen.
  @Loop package static var daemon: [Route] {
    [
      .backupCreate, .backupList, .backupVerify, .callCancel, .chatArchive, .chatCreate, .chatDelete,
      .chatExport, .chatFollow, .chatGet, .chatHistory, .chatImport, .chatLeaves, .chatList, .chatRead,
      .chatSearch, .chatSelect, .chatTitle, .chatTree, .chatUnfollow, .chatUpdate, .companionArchive,
      .companionCreate, .companionDelete, .companionEnhance, .companionExport, .companionGenerate,
      .companionGet, .companionImport, .companionList, .companionPublish, .companionUpdate,
      .companionVersion,
      .companionVersions, .configReload, .configShow, .downloadRead, .eventsSubscribe, .eventsUnsubscribe,
      .health, .hello, .imageAgain, .imageCollect, .imageData, .imageDelete, .imageEdit, .imageExport,
      .imageGet, .imageIllustrate, .imageImagine, .imageImport, .imageList, .imageOptions, .imagePortrait,
      .imageStats, .jobCancel, .jobGet,
      .jobList, .jobRetry, .logLevel, .messageAdd, .messageContinue, .messageDelete, .messageEdit,
      .messageGet,
      .messageHide, .messageImpersonate, .messageMark, .messageRegenerate, .messageSend, .messageSiblings,
      .metrics, .modelList,
      .modelTest, .ping, .promptPreview, .providerProbe, .discover, .serverStop, .settingsGet, .settingsSet,
      .stateGet, .stateHistory, .stateSet, .status,
      .storageCheck, .storageOptimize, .storageStats, .syncChanges, .trashList, .trashPurge, .trashRestore,
      .turnAttach, .turnCancel, .turnDetach, .turnGet, .turnList, .turnRetry, .turnWait, .uploadBegin,
      .uploadWrite, .usageSummary,
    ]
  }
}
