/// The contract's table of contents. Sorted by name; a test compares it with the files beside it.
public enum Catalogue {
  public static let methods: [any Method.Type] = [
    CallCancel.self,
    ConfigReload.self,
    ConfigShow.self,
    DownloadRead.self,
    EventsSubscribe.self,
    EventsUnsubscribe.self,
    Health.self,
    Hello.self,
    LogLevelSet.self,
    MetricsRead.self,
    Ping.self,
    RPCDiscover.self,
    ServerStop.self,
    SettingsGet.self,
    SettingsSet.self,
    Status.self,
    StorageCheck.self,
    StorageStatsRead.self,
    SyncChanges.self,
    UploadBegin.self,
    UploadWrite.self,
  ]

  public static let notifications: [any Notification.Type] = [
    EventNotification.self,
    ServerClosing.self,
  ]

  public static let topics: [any Topic.Type] = [
    ServerConfig.self,
    ServerLost.self,
    ServerStopping.self,
    SettingsChanged.self,
  ]
}
