package import FoundationEssentials

/// Where the bytes of an import are: with the call, or uploaded before.
package enum ImportSource: Sendable {
  case data(Data)
  case upload(String)
}
