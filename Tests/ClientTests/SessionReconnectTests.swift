import Base
import Client
import Glibc
import Model
import TestSupport
import Testing
import Wire

@Suite struct SessionReconnectTests {
  let gone = ConnectFailure(path: "/tmp/none", errno: ENOENT)

  @Test func `pauses are none, then 50 ms doubling to 2 s`() {
    var harness = SessionHarness()
    harness.ready()
    harness.connects = []
    harness.lose()
    for failure in [ENOENT, ECONNREFUSED, ENOENT, EAGAIN, ECONNREFUSED, ENOENT, ENOENT, ENOENT] {
      harness.perform(harness.session.connectFailed(ConnectFailure(path: "/tmp/none", errno: failure)))
    }
    let milliseconds = harness.connects.map(\.wholeMilliseconds)
    #expect(milliseconds == [0, 50, 100, 200, 400, 800, 1600, 2000, 2000])
    // And begin anew once things went well.
    harness.connects = []
    harness.ready()
    harness.lose()
    #expect(harness.connects == [.zero])
  }

  @Test func `jitter takes off a part of each pause and never more`() {
    let policy = ReconnectPolicy(jitter: 0.5)
    #expect(policy.delay(before: 1, chance: 0) == .milliseconds(50))
    #expect(policy.delay(before: 1, chance: 1) == .milliseconds(25))
    #expect(policy.delay(before: 0, chance: 0.7) == .zero)
    #expect(policy.delay(before: 1_000_000) == .seconds(2))
  }

  @Test func `a daemon that is not there is an error at once for those who do not wait`() throws {
    var harness = SessionHarness(reconnect: .brief)
    let token = try harness.call(Ping.self, Empty())
    harness.perform(harness.session.start())
    harness.perform(harness.session.connectFailed(gone))
    #expect(harness.failure(of: token) == .unreachable(gone))
    #expect(harness.heard.count == 1)
  }

  @Test func `a crowded daemon is tried again even then`() {
    var harness = SessionHarness(reconnect: .brief)
    harness.perform(harness.session.start())
    harness.perform(harness.session.connectFailed(ConnectFailure(path: "/s", errno: EAGAIN)))
    #expect(harness.connects == [.zero, .milliseconds(50)])
  }

  @Test func `those who wait do so for what may pass, not for what will not`() {
    var patient = SessionHarness()
    patient.perform(patient.session.start())
    patient.perform(patient.session.connectFailed(gone))
    #expect(patient.session.phase == .connecting)
    patient.perform(patient.session.connectFailed(ConnectFailure(path: "/s", errno: EACCES)))
    #expect(patient.session.phase == .closed)
  }

  @Test func `a limited number of attempts is kept to`() throws {
    var harness = SessionHarness(reconnect: ReconnectPolicy(attempts: 3))
    harness.ready()
    let token = try harness.call(Ping.self, Empty())
    harness.lose()
    for attempt in 1...3 {
      #expect(harness.session.phase == .connecting, "attempt \(attempt)")
      harness.perform(harness.session.connectFailed(gone))
    }
    #expect(harness.connects.count == 4)
    #expect(harness.failure(of: token) == .unreachable(gone))
  }

  @Test func `never means never`() throws {
    var harness = SessionHarness(reconnect: .never)
    harness.ready()
    let token = try harness.call(Ping.self, Empty())
    harness.lose()
    #expect(harness.failure(of: token) == .connectionLost(ConnectionLoss()))
    #expect(harness.session.phase == .closed)
    #expect(harness.connects == [.zero])
  }

  @Test func `a daemon that closes is left at once when it owes nothing`() throws {
    var harness = SessionHarness()
    harness.ready()
    harness.connects = []
    harness.closing("idle_exit")
    #expect(harness.disconnects == 1)
    #expect(harness.connects == [.zero])
    #expect(harness.heard == ["ready", "lost"])
  }

  @Test func `a daemon that closes is waited for while it owes a reply, and gets nothing new`() throws {
    var harness = SessionHarness()
    harness.ready()
    let old = try harness.call(SettingsGet.self, Empty())
    harness.connects = []
    harness.closing("stopping", retryMs: 300)
    #expect(harness.disconnects == 0)
    let new = try harness.call(Ping.self, Empty())
    #expect(harness.methods == ["settings.get"])
    harness.answer("settings.get", settingsReply)
    #expect(harness.result(of: old) == settingsReply)
    #expect(harness.disconnects == 1)
    #expect(harness.connects == [.milliseconds(300)])
    harness.ready()
    harness.answer("ping", "{}")
    #expect(harness.result(of: new) == "{}")
  }

  @Test func `the daemon cannot keep a client away for long`() {
    var harness = SessionHarness()
    harness.ready()
    harness.closing("stopping", retryMs: 1_000_000_000)
    #expect(harness.connects.last == .seconds(10))
  }

  @Test func `a daemon met on its way out is left for its successor at once, but not for ever`() throws {
    var harness = SessionHarness(reconnect: .brief)
    let token = try harness.call(Ping.self, Empty())
    harness.perform(harness.session.start())
    for _ in 1...4 {
      harness.connect()
      harness.closing("idle_exit")
      harness.lose()
    }
    #expect(harness.connects.map(\.wholeMilliseconds) == [0, 0, 50, 100, 200])
    harness.ready()
    harness.answer("ping", "{}")
    #expect(harness.result(of: token) == "{}")
  }

  @Test func `forbidden is final`() {
    var harness = SessionHarness()
    harness.ready()
    harness.closing("forbidden")
    #expect(harness.session.phase == .closed)
    #expect(harness.heard.last?.contains("does not serve this user") == true)
  }

  @Test func `a call that kills the daemon does not do so in a tight circle`() throws {
    var harness = SessionHarness()
    harness.ready()
    _ = try harness.call(SettingsGet.self, Empty())
    harness.connects = []
    for _ in 0..<4 {
      harness.lose()
      harness.ready()
    }
    #expect(harness.connects.map(\.wholeMilliseconds) == [0, 50, 100, 200])
  }

  @Test func `says which path it was and what to do`() {
    let user = ConnectFailure(path: "/run/user/7/companion/companiond.sock", errno: ENOENT).description
    #expect(user.contains("/run/user/7/companion/companiond.sock"))
    #expect(user.contains("systemctl --user start companiond.socket"))
    let system = ConnectFailure(path: "/run/companion/companiond.sock", errno: EACCES).description
    #expect(system.contains("usermod -aG companion"))
    for errno in [ENOENT, ECONNREFUSED, EACCES, EPERM, EAGAIN, ENAMETOOLONG, ENOTSOCK, EIO] {
      let lines = ConnectFailure(path: "/s", errno: errno).description.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines[0].contains("/s"))
    }
  }

  @Test func `the socket is named by the option, then the variable, then the rule`() {
    let environment = ["COMPANION_SOCKET": "/a", "XDG_RUNTIME_DIR": "/run/x"]
    #expect(SocketPlace.path(option: "/b", environment: environment) == "/b")
    #expect(SocketPlace.path(environment: environment) == "/a")
    #expect(
      SocketPlace.path(environment: ["XDG_RUNTIME_DIR": "/run/x"]) == "/run/x/companion/companiond.sock")
  }
}
