// Built by contrib/fuzz, not by the package: libFuzzer brings its own main.
import Glibc

/// Parsers of strangers' bytes, by the name of their corpus. A further one is a line here, its source in contrib/fuzz, and a
/// folder under Tests/Corpus.
private let targets: [String: @Sendable ([UInt8]) -> Void] = [
  "cards": CardInvariants.check, "pictures": PictureInvariants.check, "wire": WireInvariants.check,
]

private let target: @Sendable ([UInt8]) -> Void = {
  let name = getenv("COMPANION_FUZZ").map { String(cString: $0) } ?? ""
  guard let target = targets[name] else {
    fatalError("COMPANION_FUZZ must be one of \(targets.keys.sorted())")
  }
  return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
