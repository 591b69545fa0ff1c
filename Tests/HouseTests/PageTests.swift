import Testing

/// Pages that name files keep naming files that are there.
@Suite struct PageTests {
  static let pages =
    ["README.md"] + Checkout.files(below: "contrib/doc").filter { $0.hasSuffix(".md") }

  @Test(arguments: pages)
  func `every file a page names is there`(_ page: String) throws {
    var named = 0
    for found in try Checkout.text(page).matches(of: /`(?<path>[\w.+-]+(?:\/[\w.+-]+)*\/?)`/) {
      let path = found.path.hasSuffix("/") ? String(found.path.dropLast()) : String(found.path)
      guard let top = path.split(separator: "/").first, path.contains("/") else { continue }
      if ["Sources", "Tests", "contrib", "systemd"].contains(top) {
        named += 1
        #expect(Checkout.exists(path), "\(page) names \(path)")
      } else if path.hasSuffix(".swift") {
        // The pages leave out `Sources/` where a room's name says enough.
        named += 1
        #expect(Checkout.exists("Sources/\(path)"), "\(page) names \(path)")
      }
    }
    if page.hasSuffix("architecture.md") {
      #expect(named > 20, "the page names no files in a way that can be read")
    }
  }
}
