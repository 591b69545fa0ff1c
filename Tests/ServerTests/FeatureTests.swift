import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// What `hello` says that a daemon can do.
@Suite struct FeatureTests {
  init() { Loop.start() }

  @Test func `every method belongs to a feature that is told, or to every daemon`() async {
    let (names, told) = await onLoop {
      let routes = RouteTable(Route.daemon)
      return (routes.routes.map(\.name), Features.told(by: routes))
    }
    for name in names where name.contains(".") {
      let kind = String(name.prefix { $0 != "." })
      let word = await onLoop { Features.word(for: name) }
      #expect(
        word.map { told.contains($0) } ?? Features.everywhere.contains(kind), "\(name) is in no feature")
    }
    #expect(told == told.sorted() && Set(told).count == told.count)
    for word in ["chats", "companions", "events", "search", "transfers", "trash", "turns"] {
      #expect(told.contains(word))
    }
  }

  @Test func `a method that is not there makes no feature`() async {
    let told = await onLoop { Features.told(by: RouteTable([.chatGet, .ping])) }
    #expect(told == ["chats"])
  }
}
