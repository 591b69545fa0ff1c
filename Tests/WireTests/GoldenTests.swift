import Base
import FoundationEssentials
import Model
import Testing
import Wire

/// The exact bytes of every declared example. A change here is a change of the contract: clients see it.
@Suite struct GoldenTests {
  private let boot = "01JD7Q2M4X8YV5T3N9C6B1R0ZK"

  @Test func `hello`() throws {
    try checkCoding(Hello.example.params, #"{"client":{"name":"notebook","version":"0.3"},"protocol":1}"#)
    try checkCoding(Hello.Params(), "{}")
    try checkCoding(
      Hello.example.result,
      #"""
      {"boot":"\#(boot)","change":4711,"features":["chats","events","settings","transfers"],"identity":{"scopes":\#
      ["owner","admin"],"uid":1000,"user":"mira"},"limits":{"eventRing":4096,"keyLifetimeMs":86400000,\#
      "maxBatch":100,"maxConnections":1024,"maxContextBytes":65536,"maxContextItems":32,"maxDepth":64,\#
      "maxEventBytes":8192,"maxIDBytes":128,"maxKeyBytes":64,\#
      "maxLineBytes":8388608,"maxRunningCalls":64,"maxSettingBytes":65536,"maxSubscriptionFilters":256,\#
      "maxSubscriptions":64,"maxTextBytes":262144,"maxUnreadBytes":1048576,"maxUploadBytes":268435456,\#
      "maxUploads":16,"maxWaitingBytes":1048576,"messagesPerMinute":30,"pageDefault":50,"pageMaximum":200,\#
      "picturesPerHour":10,"transferLifetimeMs":3600000,"uploadPieceBytes":524288},"protocol":1,\#
      "server":{"name":"companiond","version":"1.0.0"}}
      """#)
  }

  @Test func `status`() throws {
    try checkCoding(
      Status.example.result,
      #"""
      {"activated":true,"boot":"\#(boot)","calls":1,"connections":3,"data":"/home/mira/.local/share/companion",\#
      "idleExitMs":900000,"memoryBytes":14680064,"mode":"user","owners":1,"pid":2317,\#
      "sandbox":{"noNewPrivileges":true,"seccomp":true},"server":{"name":"companiond","version":"1.0.0"},\#
      "socket":"/run/user/1000/companion/companiond.sock","startedAt":"2026-11-20T10:11:18.042Z",\#
      "state":"running","subscriptions":2,"uptimeMs":86400000,"vault":{"change":4711,"open":true}}
      """#)
  }

  @Test func `health and metrics`() throws {
    try checkCoding(
      Health.example.result,
      #"""
      {"checks":[{"latencyMs":0.21,"name":"storage.writer","ok":true},{"detail":"3 MiB are free in /home; new writes \#
      may be refused.","name":"storage.space","ok":false}],"ok":false}
      """#)
    try checkCoding(
      MetricsRead.Result(text: "# EOF\n"),
      ##"{"contentType":"application/openmetrics-text; version=1.0.0; charset=utf-8","text":"# EOF\n"}"##)
  }

  @Test func `configuration and log`() throws {
    try checkCoding(
      ConfigShow.Result(
        config: ["a": 1], sources: [ConfigSource(kind: .option, name: "--socket", found: true)],
        problems: [
          ConfigProblem(source: "f", line: 3, column: 9, path: "log.level", message: "m", suggestion: "info")
        ]),
      #"""
      {"config":{"a":1},"problems":[{"column":9,"line":3,"message":"m","path":"log.level","source":"f",\#
      "suggestion":"info"}],"sources":[{"found":true,"kind":"option","name":"--socket"}]}
      """#)
    try checkCoding(
      ConfigReload.Result(changed: ["log.level"], restart: []),
      #"{"applied":true,"changed":["log.level"],"restart":[]}"#)
    try checkCoding(
      ConfigReload.Result(problems: [ConfigProblem(source: "f", message: "m")]),
      #"{"applied":false,"changed":[],"problems":[{"message":"m","source":"f"}],"restart":[]}"#)
    try checkCoding(LogLevelSet.Params(), "{}")
    try checkCoding(LogLevelSet.Result(level: .notice), #"{"level":"notice"}"#)
    try checkCoding(ServerStop.Params(graceMs: 0), #"{"graceMs":0}"#)
  }

  @Test func `events`() throws {
    try checkCoding(
      EventsSubscribe.example.params, #"{"since":{"boot":"\#(boot)","seq":118},"topics":["settings","chat"]}"#
    )
    let id = try #require(ULID("01JD7Q5W0V3F8E2K6M9A4T7XYB"))
    try checkCoding(
      EventsSubscribe.Params(topics: [""], chats: [id], companions: []),
      #"{"chats":["01JD7Q5W0V3F8E2K6M9A4T7XYB"],"companions":[],"topics":[""]}"#)
    try checkCoding(
      EventsSubscribe.example.result,
      #"{"boot":"\#(boot)","change":4711,"missed":false,"seq":121,"subscription":"s1"}"#)
    try checkCoding(EventsUnsubscribe.Params(subscription: "s1"), #"{"subscription":"s1"}"#)
    try checkCoding(
      EventNotification.example,
      #"{"data":{"change":4711,"changed":["reuse"],"revision":3},"seq":122,"topic":"settings.changed"}"#)
  }

  @Test func `calls, changes and closing`() throws {
    try checkCoding(CallCancel.Params(id: .string("7")), #"{"id":"7"}"#)
    try checkCoding(CallCancel.Params(id: .number(7)), #"{"id":7}"#)
    try checkCoding(CallCancel.Result(cancelled: false), #"{"cancelled":false}"#)
    try checkCoding(SyncChanges.Params(since: 0), #"{"since":0}"#)
    try checkCoding(
      SyncChanges.example.result,
      #"""
      {"items":[{"change":4702,"id":"settings","kind":"settings"},{"change":4709,"deleted":true,\#
      "id":"01JD7Q5W0V3F8E2K6M9A4T7XYB","kind":"chat"}],"latest":4711,"next":4709}
      """#)
    try checkCoding(ServerClosing.Params(reason: .tooManyConnections), #"{"reason":"too_many_connections"}"#)
    try checkCoding(
      ServerClosing.Params(reason: .init(rawValue: "moved"), retryMs: 5), #"{"reason":"moved","retryMs":5}"#)
  }

  @Test func `transfers`() throws {
    try checkCoding(UploadBegin.Params(bytes: 1), #"{"bytes":1}"#)
    try checkCoding(
      UploadBegin.example.result,
      #"{"expiresAt":"2026-11-20T11:11:18.042Z","pieceBytes":524288,"upload":"01JD7QB3S5Z1H8N0W4R6P2V9CD"}"#)
    try checkCoding(
      UploadWrite.example.params,
      #"{"data":"SGVsbG8sIHdvcmxkLg==","offset":0,"upload":"01JD7QB3S5Z1H8N0W4R6P2V9CD"}"#)
    try checkCoding(UploadWrite.Result(received: 13, complete: true), #"{"complete":true,"received":13}"#)
    try checkCoding(DownloadRead.Result(data: Data([0, 255])), #"{"data":"AP8="}"#)
    try checkCoding(LargeResult(download: "d", bytes: 9), #"{"bytes":9,"download":"d"}"#)
  }

  @Test func `settings`() throws {
    try checkCoding(SettingsSet.Params(), "{}")
    try checkCoding(
      SettingsSet.Params(user: .clear, defaults: .set(ChatSettings()), reuse: false, ifRevision: 0),
      #"{"defaults":{},"ifRevision":0,"reuse":false,"user":null}"#)
    try checkCoding(
      SettingsGet.example.result,
      #"""
      {"settings":{"change":4711,"defaults":{"illustrate":"onRequest"},"reuse":true,"revision":3,\#
      "user":{"name":"Mira","overview":"Paints, and walks a lot."}}}
      """#)
    try checkCoding(
      SettingsChanged.Payload(revision: 1, change: 2, changed: ["user"]),
      #"{"change":2,"changed":["user"],"revision":1}"#)
  }

  @Test func `storage and the server's topics`() throws {
    try checkCoding(
      StorageStatsRead.example.result,
      #"""
      {"ballast":true,"change":4711,"databaseBytes":196608,"freeBytes":48318382080,"rows":{"keys":12,"settings":1},\#
      "schema":1,"walBytes":32768}
      """#)
    try checkCoding(
      StorageReport(ok: false, problems: ["p"], repaired: ["r"]),
      #"{"ok":false,"problems":["p"],"repaired":["r"]}"#)
    try checkCoding(ServerConfig.Payload(changed: []), #"{"changed":[]}"#)
    try checkCoding(ServerLost.Payload(from: 1, to: 9), #"{"from":1,"to":9}"#)
    try checkCoding(ServerStopping.Payload(), "{}")
    try checkCoding(Empty(), "{}")
  }
}
