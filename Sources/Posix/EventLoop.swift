import CLinux
import Glibc

/// What the loop watches: descriptors, timers, and hooks that run before it waits.
@Loop
public final class EventLoop {
  public static let shared = EventLoop()

  /// What a watched descriptor is ready for, as epoll's bits.
  public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let read = Readiness(rawValue: EPOLLIN.rawValue)
    public static let write = Readiness(rawValue: EPOLLOUT.rawValue)
    /// The peer closed both ways; told whether asked for or not.
    public static let hangUp = Readiness(rawValue: EPOLLHUP.rawValue)
    public static let error = Readiness(rawValue: EPOLLERR.rawValue)
  }

  public typealias Handler = @Loop (Readiness) -> Void

  private struct Watch {
    var handler: Handler
    /// A descriptor closed and reopened within one batch of events must not get its predecessor's events.
    var sinceTurn: UInt64
  }

  private var watches: [Watch?] = []
  private var hooks: [@Loop () -> Void] = []
  /// The array that `hooks` takes turns with, so that neither is made anew for every turn.
  private var dueHooks: [@Loop () -> Void] = []
  private var turn: UInt64 = 1
  let timers = LoopTimers()

  private init() {
    let timers = timers
    watch(timers.descriptor, for: .read) { _ in timers.fire() }
  }

  // MARK: Descriptors

  /// Calls `handler` while the descriptor is ready (level-triggered). The caller keeps owning the descriptor and must `unwatch`
  /// before closing it.
  public func watch(_ descriptor: Int32, for readiness: Readiness, _ handler: @escaping Handler) {
    do throws(SystemError) {
      try tryToWatch(descriptor, for: readiness, handler)
    } catch {
      preconditionFailure("descriptor \(descriptor) cannot be watched (\(error))")
    }
  }

  public func change(_ descriptor: Int32, to readiness: Readiness) {
    do throws(SystemError) {
      try tryToChange(descriptor, to: readiness)
    } catch {
      preconditionFailure("descriptor \(descriptor) is not watched (\(error))")
    }
  }

  /// For descriptors that a library opens and closes as it likes, where a refusal is nobody's fault here.
  public func tryToWatch(
    _ descriptor: Int32, for readiness: Readiness, _ handler: @escaping Handler
  ) throws(SystemError) {
    guard descriptor >= 0 else { throw SystemError("epoll_ctl", EBADF) }
    while watches.count <= Int(descriptor) { watches.append(nil) }
    guard watches[Int(descriptor)] == nil else { throw SystemError("epoll_ctl", EEXIST) }
    _ = try SystemError.check(
      clinux_epoll_ctl(Loop.executor.epoll, EPOLL_CTL_ADD, descriptor, readiness.rawValue), "epoll_ctl")
    watches[Int(descriptor)] = Watch(handler: handler, sinceTurn: turn)
  }

  public func tryToChange(_ descriptor: Int32, to readiness: Readiness) throws(SystemError) {
    _ = try SystemError.check(
      clinux_epoll_ctl(Loop.executor.epoll, EPOLL_CTL_MOD, descriptor, readiness.rawValue), "epoll_ctl")
  }

  public func unwatch(_ descriptor: Int32) {
    guard watches.indices.contains(Int(descriptor)), watches[Int(descriptor)] != nil else { return }
    watches[Int(descriptor)] = nil
    _ = clinux_epoll_ctl(Loop.executor.epoll, EPOLL_CTL_DEL, descriptor, 0)
  }

  func dispatch(_ event: clinux_event) {
    guard let watch = watches[Int(event.fd)], watch.sinceTurn < turn else { return }
    watch.handler(Readiness(rawValue: event.events))
  }

  func endTurn() { turn += 1 }

  // MARK: Hooks

  /// Runs `hook` once, after the jobs of this turn and before the loop waits: to write what a turn gathered in one call.
  public func beforeNextWait(_ hook: @escaping @Loop () -> Void) { hooks.append(hook) }

  /// Answers whether the loop may sleep. Hooks added by hooks run in the next turn.
  func beforeWait() -> Bool {
    guard !hooks.isEmpty else { return true }
    swap(&hooks, &dueHooks)
    for hook in dueHooks { hook() }
    dueHooks.removeAll(keepingCapacity: true)
    return hooks.isEmpty
  }
}
