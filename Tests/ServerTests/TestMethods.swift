import Model
import Posix
import TestSupport
import Wire

@testable import Server

/// A method that only a test knows; nobody reads its documentation.
protocol TestMethod: Method {}

extension TestMethod {
  static var summary: String { "A test's own" }
  static var documentation: String { "" }
  static var access: MethodAccess { .reads }
  static var example: MethodExample<Params, Result> {
    preconditionFailure("nobody documents a test's methods")
  }
}

/// Doors that a test opens: a call waits at one under its name, and the test knows who has come.
@Loop
final class Gates {
  private var waiting: [String: CheckedContinuation<Void, Never>] = [:]
  /// In the order they began.
  private(set) var arrived: [String] = []
  /// In the order they went on, and those of them whose task had been cancelled meanwhile.
  private(set) var passed: [String] = []
  private(set) var cancelled: [String] = []
  private var isOpenToAll = false

  nonisolated init() {}

  func pass(_ name: String) async {
    arrived.append(name)
    if !isOpenToAll { await withCheckedContinuation { waiting[name] = $0 } }
    passed.append(name)
    if Task.isCancelled { cancelled.append(name) }
  }

  var held: Int { waiting.count }

  func open(_ name: String) {
    guard let one = waiting.removeValue(forKey: name) else {
      preconditionFailure("nobody waits at \(name)")
    }
    one.resume()
  }

  func openAll() {
    isOpenToAll = true
    let all = waiting
    waiting = [:]
    for name in arrived { all[name]?.resume() }
  }
}

/// Waits at a gate, then answers its name. With `effective` it says that its effect has begun before it waits.
enum Hold: TestMethod {
  static let name = "test.hold"
  struct Params: Codable, Sendable {
    var name: String
    var effective: Bool?
  }
  struct Result: Codable, Sendable { var name: String }

  @Loop static func route(_ gates: Gates) -> Route {
    .task(Hold.self) { params, call in
      if params.effective == true { try call.begin() }
      await gates.pass(params.name)
      return Result(name: params.name)
    }
  }
}

/// Answers so many bytes of text at once; `Large` may be offered in pieces, `Loud` may not.
enum Loud: TestMethod {
  static let name = "test.loud"
  struct Params: Codable, Sendable { var bytes: Int }
  struct Result: Codable, Sendable { var text: String }
  @Loop static var route: Route {
    .immediate(Loud.self) { params, _ in Result(text: String(repeating: "x", count: params.bytes)) }
  }
}

enum Large: TestMethod {
  static let name = "test.large"
  static let mayBeLarge = true
  typealias Params = Loud.Params
  typealias Result = Loud.Result
  @Loop static var route: Route {
    .immediate(Large.self) { params, _ in Result(text: String(repeating: "x", count: params.bytes)) }
  }
}

/// Takes anything and answers what it counted, so that a line may be as long as a test likes.
enum Swallow: TestMethod {
  static let name = "test.swallow"
  struct Params: Codable, Sendable { var text: String? }
  struct Result: Codable, Sendable { var bytes: Int }
  @Loop static var route: Route {
    .immediate(Swallow.self) { params, _ in Result(bytes: params.text?.utf8.count ?? 0) }
  }
}

/// Answers a number that JSON cannot carry: a fault of ours.
enum Broken: TestMethod {
  static let name = "test.broken"
  typealias Params = Empty
  struct Result: Codable, Sendable { var number: Double }
  @Loop static var route: Route { .immediate(Broken.self) { _, _ in Result(number: .infinity) } }
}

/// For a method that only administrators may call.
enum Guarded: TestMethod {
  static let name = "test.guarded"
  static let scope = MethodScope.admin
  typealias Params = Empty
  typealias Result = Empty
  @Loop static var route: Route { .immediate(Guarded.self) { _, _ in Empty() } }
}

/// Something that happened and is not merged with what happened later.
enum Noise: Topic {
  static let name = "test.noise"
  static let summary = "A test's own"
  static let isState = false
  struct Payload: Codable, Sendable {
    var number: Int
    var text: String?
  }
  static var example: Payload { Payload(number: 0) }
}

/// The routes that limits and framing are tested with.
@Loop func testRoutes(_ gates: Gates) -> [Route] {
  [
    .ping, .callCancel, Hold.route(gates), Loud.route, Large.route, .downloadRead, Swallow.route,
    Broken.route,
  ]
}

extension JSONValue {
  var code: Int64? { self["error"]?["code"]?.integer }
  var reason: String? { self["error"]?["data"]?["reason"]?.string }
  var result: JSONValue? { self["result"] }
  /// The event's number, of an event.
  var seq: Int64? { self["params"]?["seq"]?.integer }
  var topic: String? { self["params"]?["topic"]?.string }
  var eventData: JSONValue? { self["params"]?["data"] }
}
