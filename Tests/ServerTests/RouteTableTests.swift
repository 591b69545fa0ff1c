import Base
import Model
import Posix
import TestSupport
import Testing
import Wire

@testable import Server

/// The daemon's table of contents and the contract's are one.
@Suite(.ownThreads) struct RouteTableTests {
  @Test func `has a route for every method of the catalogue and no other`() async {
    let routes = await onLoop {
      Route.daemon.map { (name: $0.name, scope: $0.scope, overtakes: $0.overtakes) }
    }
    #expect(routes.map(\.name) == Catalogue.methods.map { $0.name }.sorted())
    for route in routes {
      let method = Catalogue.methods.first { $0.name == route.name }
      #expect(route.scope == method?.scope, "\(route.name)")
      #expect(route.overtakes == method?.overtakes, "\(route.name)")
    }
    #expect(routes.filter(\.overtakes).map(\.name) == ["call.cancel", "ping", "turn.cancel"])
  }

  @Test func `finds every name, and no other`() async {
    await onLoop {
      let table = RouteTable(Route.daemon)
      for route in table.routes {
        let name = Array(route.name.utf8)
        #expect(table.find(name.span)?.name == route.name)
        for wrong in [Array(name.dropLast()), name + [0x78], [0x20] + name, name.map { $0 & 0xDF }] {
          // A list is often called as its items are, with one letter more.
          if table.routes.contains(where: { Array($0.name.utf8) == wrong }) { continue }
          #expect(table.find(wrong.span) == nil, "\(String(decoding: wrong, as: UTF8.self))")
        }
      }
      #expect(table.find([UInt8]().span) == nil)
      #expect(table.find([0xFF, 0xFE].span) == nil)
    }
  }

  /// What every method's documentation shows must be what a server takes and gives: sent as it stands there.
  @Test func `takes the parameters of every method's example`() async throws {
    let server = try await TestServer(overVaults: Limits())
    // Conversations need a server with desks for them; StreamTests and FollowTests have one.
    let conversations = ["companion", "chat", "message", "turn"]
    for method in Catalogue.methods where method.name != "server.stop" {
      if conversations.contains(String(method.name.prefix { $0 != "." })) { continue }
      let client = try await server.connect()
      let params = String(decoding: Self.exampleParams(method), as: UTF8.self)
      let reply = try client.ask(method.name, params)
      // It may not exist or be of another revision here, but it is understood.
      #expect(
        reply.result != nil || [1, 2, 6, 7].contains(reply.code ?? 0), "\(method.name) \(params): \(reply)")
    }
    await server.end()
  }

  private static func exampleParams<M: Method>(_ method: M.Type) -> [UInt8] {
    JSONText.bytes(M.example.params)
  }
}
