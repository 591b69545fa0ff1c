import Base
package import Posix
import Wire

/// The sorted table of routes: the daemon's table of contents.
@Loop
package struct RouteTable {
  package let routes: [Route]

  package init(_ routes: [Route]) {
    for (earlier, later) in zip(routes, routes.dropFirst()) {
      precondition(earlier.name < later.name, "\(later.name) stands in the wrong place of the route table")
    }
    self.routes = routes
  }

  /// Compares bytes in the line with the sorted names: no String is made for a call.
  func find(_ name: borrowing Span<UInt8>) -> Route? {
    var (low, high) = (0, routes.count)
    while low < high {
      let middle = (low + high) / 2
      switch order(name, routes[middle].bytes) {
      case 0: return routes[middle]
      case ..<0: high = middle
      default: low = middle + 1
      }
    }
    return nil
  }

  func find(_ envelope: Envelope, _ line: borrowing Span<UInt8>) -> Route? {
    if !envelope.methodIsEscaped { return find(line.extracting(envelope.method)) }
    let name = Array(JSONText.string(line, envelope.method, escaped: true).utf8)
    return find(name.span)
  }

  func mayOvertake(_ envelope: Envelope, _ line: borrowing Span<UInt8>) -> Bool {
    find(envelope, line)?.overtakes ?? false
  }

  private func order(_ name: borrowing Span<UInt8>, _ other: [UInt8]) -> Int {
    let common = min(name.count, other.count)
    var index = 0
    while index < common {
      if name[index] != other[index] { return Int(name[index]) - Int(other[index]) }
      index += 1
    }
    return name.count - other.count
  }

  func unknown(_ name: String) -> RPCError {
    .methodNotFound(name, didYouMean: Suggestion.nearest(to: name, in: routes.map(\.name)))
  }
}
