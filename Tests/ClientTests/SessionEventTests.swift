import Client
import Model
import TestSupport
import Testing
import Wire

@Suite struct SessionEventTests {
  func standing(_ seq: Int = 10) -> SessionHarness {
    var harness = SessionHarness()
    harness.subscribe(["settings"])
    harness.ready(change: 5)
    harness.subscribed(seq: seq, change: 5)
    harness.news = []
    return harness
  }

  @Test func `delivers events in the order they come`() {
    var harness = standing()
    harness.event(11)
    harness.event(14)
    #expect(harness.heard == ["event 11", "event 14"])
  }

  @Test func `goes on where it left off when the daemon is the same`() {
    var harness = standing()
    harness.event(12)
    harness.lose()
    harness.ready()
    #expect(harness.methods == ["events.subscribe"])
    #expect(harness.sent[0]["params"]?["since"] == ["boot": "boot-1", "seq": 12])
    harness.subscribed(seq: 14)
    harness.event(14)
    harness.event(15)
    #expect(harness.heard == ["event 12", "lost", "ready same", "event 14", "event 15"])
    harness.lose()
    harness.ready()
    #expect(harness.sent[0]["params"]?["since"]?["seq"] == 15)
  }

  @Test func `goes on from the subscription itself when no event came since`() {
    var harness = standing(10)
    harness.lose()
    harness.ready()
    #expect(harness.sent[0]["params"]?["since"]?["seq"] == 10)
  }

  @Test func `asks what changed when the daemon is another one`() {
    var harness = standing()
    harness.event(11, "settings.changed", "{\"change\":8}")
    harness.lose()
    harness.ready(boot: "boot-2", change: 12)
    #expect(harness.methods == ["events.subscribe"])
    #expect(harness.sent[0]["params"]?["since"] == nil)
    harness.subscribed(seq: 1, boot: "boot-2", change: 12)
    #expect(harness.methods == ["sync.changes"])
    #expect(harness.sent[0]["params"]?["since"] == 8)
    harness.answer(
      "sync.changes",
      "{\"items\":[{\"kind\":\"settings\",\"id\":\"settings\",\"change\":9}],\"next\":9,\"latest\":12}")
    #expect(harness.sent[0]["params"]?["since"] == 9)
    harness.answer("sync.changes", "{\"items\":[],\"latest\":12}")
    #expect(
      harness.heard == ["event 11", "lost", "ready restarted", "missed", "changes 1", "changes 0 last"])
    // The next time from there.
    harness.lose()
    harness.ready(boot: "boot-3")
    harness.subscribed(seq: 0, boot: "boot-3")
    #expect(harness.sent[0]["params"]?["since"] == 12)
  }

  @Test func `asks what changed when the same daemon no longer knows`() {
    var harness = standing()
    harness.lose()
    harness.ready()
    harness.subscribed(seq: 9000, change: 80, missed: true)
    #expect(harness.heard == ["lost", "ready same", "missed"])
    #expect(harness.methods == ["sync.changes"])
    #expect(harness.sent[0]["params"]?["since"] == 5)
  }

  @Test func `a list of changes that was cut off is continued on the next connection`() {
    var harness = standing()
    harness.lose()
    harness.ready(boot: "boot-2")
    harness.subscribed(seq: 1, boot: "boot-2")
    harness.answer("sync.changes", "{\"items\":[],\"next\":7,\"latest\":30}")
    // Events in between must not make it forget what the list has not told yet.
    harness.event(2, "settings.changed", "{\"change\":29}")
    harness.lose()
    harness.ready(boot: "boot-2")
    harness.subscribed(seq: 2, boot: "boot-2")
    #expect(harness.methods == ["sync.changes"])
    #expect(harness.sent[0]["params"]?["since"] == 7)
  }

  @Test func `changes that cannot be learnt are said to be unknown`() {
    var harness = standing()
    harness.event(20, "server.lost", "{\"from\":11,\"to\":19}")
    harness.refuse("sync.changes", RPCError(.storageFailed, reason: "storage_failed", "The disk fails."))
    #expect(harness.heard == ["event 20", "missed", "unknown storage_failed"])
  }

  @Test func `losses while the list is drawn up are followed by another list`() {
    var harness = standing()
    harness.event(20, "server.lost", "{\"from\":11,\"to\":19}")
    harness.event(30, "server.lost", "{\"from\":21,\"to\":29}")
    harness.answer("sync.changes", "{\"items\":[],\"latest\":30}")
    #expect(harness.methods == ["sync.changes"])
    #expect(harness.sent[0]["params"]?["since"] == 30)
    harness.answer("sync.changes", "{\"items\":[],\"latest\":31}")
    #expect(harness.heard == ["event 20", "missed", "event 30", "changes 0", "changes 0 last"])
    #expect(harness.methods.isEmpty)
  }

  @Test func `a list that does not move on is a fault`() {
    var harness = standing()
    harness.event(20, "server.lost", "{\"from\":11,\"to\":19}")
    harness.answer("sync.changes", "{\"items\":[],\"next\":5,\"latest\":30}")
    #expect(harness.session.phase == .closed)
  }

  @Test func `a replay that is cut off begins again and tells nothing twice`() {
    var harness = SessionHarness()
    harness.subscribe(["settings"])
    harness.subscribe(["chat"])
    harness.ready()
    harness.subscribed(seq: 10)
    harness.subscribed(seq: 10)
    harness.news = []
    harness.lose()
    harness.ready()
    harness.subscribed(seq: 20)
    // The replay of the first subscription, before that of the second.
    harness.event(15)
    harness.event(20)
    harness.subscribed(seq: 20)
    harness.event(13, "chat.head")
    harness.lose()
    harness.ready()
    #expect(harness.sent.map { $0["params"]?["since"]?["seq"] } == [10, 10])
    harness.subscribed(seq: 20)
    harness.event(15)
    harness.event(20)
    harness.subscribed(seq: 20)
    harness.event(13, "chat.head")
    harness.event(17, "chat.head")
    harness.event(21)
    #expect(
      harness.heard == [
        "lost", "ready same", "event 15", "event 20", "event 13", "lost", "ready same", "event 17",
        "event 21",
      ])
    harness.lose()
    harness.ready()
    #expect(harness.sent[0]["params"]?["since"]?["seq"] == 21)
  }

  @Test func `a refused subscription is told and forgotten`() {
    var harness = SessionHarness()
    harness.ready()
    harness.subscribe(["settings"])
    harness.refuse("events.subscribe", RPCError(.tooLarge, reason: "too_large", "Too many."))
    #expect(harness.heard == ["ready", "refused too_large"])
    harness.lose()
    harness.ready()
    #expect(harness.methods.isEmpty)
  }

  @Test func `unsubscribing holds for the next connection too`() {
    var harness = SessionHarness()
    harness.ready()
    let token = harness.subscribe(["settings"])
    harness.subscribed(seq: 3)
    harness.perform(harness.session.unsubscribe(token))
    #expect(harness.methods == ["events.unsubscribe"])
    #expect(harness.sent[0]["params"]?["subscription"] == "s")
    harness.answer("events.unsubscribe", "{}")
    harness.lose()
    harness.ready()
    #expect(harness.methods.isEmpty)
  }

  @Test func `unsubscribing before the subscription stands takes it back when it does`() {
    var harness = SessionHarness()
    harness.ready()
    let token = harness.subscribe(["settings"])
    harness.perform(harness.session.unsubscribe(token))
    harness.subscribed(seq: 3)
    #expect(harness.methods == ["events.unsubscribe"])
    #expect(harness.heard == ["ready"])
  }

  @Test func `a client that listens to nothing asks for no changes`() {
    var harness = SessionHarness()
    harness.ready()
    harness.lose()
    harness.ready(boot: "boot-2")
    #expect(harness.methods.isEmpty)
  }
}
