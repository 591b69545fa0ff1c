import Testing

/// Habits of the house that a reader relies on, checked on the files themselves.
@Suite struct FileTests {
  static let code = (Checkout.files(below: "Sources") + Checkout.files(below: "Tests"))
    .filter { [".swift", ".c", ".h"].contains(where: $0.hasSuffix) }

  @Test func `the top level holds the agreed entries`() {
    let entries = Checkout.names(in: ".").filter { !$0.hasPrefix(".") && !$0.hasSuffix(".profraw") }
    #expect(entries == ["LICENSE", "Package.swift", "README.md", "Sources", "Tests", "contrib", "systemd"])
  }

  @Test(arguments: code)
  func `a file has one subject and so at most 400 lines`(_ path: String) throws {
    let lines = try Checkout.text(path).split(separator: "\n", omittingEmptySubsequences: false).count - 1
    #expect(lines <= 400, "\(path) has \(lines) lines")
  }

  /// `Hello+Limits.swift` belongs to `Hello.swift`.
  private func methods(_ room: String) -> Set<String> {
    Set(
      Checkout.swiftFiles(below: "Sources/\(room)/Methods")
        .compactMap { $0.split(separator: "/").last }
        .compactMap { $0.dropLast(".swift".count).split(separator: "+").first.map(String.init) })
  }

  @Test func `a method's contract and its handler have files of one name`() {
    let (contracts, handlers) = (methods("Wire"), methods("Server"))
    #expect(
      contracts.subtracting(handlers).isEmpty, "declared in Wire/Methods without a file in Server/Methods")
    #expect(
      handlers.subtracting(contracts).isEmpty, "handled in Server/Methods without a file in Wire/Methods")
    #expect(contracts.count >= 21)
  }

  @Test(arguments: code)
  func `nothing is left for later, and no fault is shrugged off`(_ path: String) throws {
    let text = try Checkout.text(path)
    // Written in halves, so that this file may hold them.
    var words = ["TO" + "DO", "FIX" + "ME", "try" + "!", "as" + "! "]
    if path.hasPrefix("Sources/") { words.append("fatal" + "Error(") }
    for word in words { #expect(!text.mentions(word), "\(path) says \(word)") }
  }

  @Test(arguments: Checkout.swiftFiles(below: "Sources"))
  func `promises to the compiler are made only where handles and executors live`(_ path: String) throws {
    let rooms: Set = ["Base", "Posix", "SQLite", "HTTP", "Picture", "Systemd"]
    let room = String(path.split(separator: "/")[1])
    guard !rooms.contains(room) else { return }
    let code = Checkout.withoutConcessions(try Checkout.code(path))
    for word in ["@unchecked Sendable", "nonisolated(unsafe)", "unsafeBitCast", "Unmanaged"] {
      #expect(!code.contains { $0.mentions(word) }, "\(path) says \(word)")
    }
  }

  /// What the daemon is made of: there, time and threads come in by initialiser, and a lock is Base's, which
  /// ThreadSanitizer understands.
  static let daemon = Checkout.swiftFiles(below: "Sources").filter { path in
    !["Client", "companionctl", "companion-bench"].contains { path.hasPrefix("Sources/\($0)/") }
  }

  @Test(arguments: daemon)
  func `no clock, thread pool or lock is taken from the air`(_ path: String) throws {
    let code = try Checkout.code(path)
    for word in [
      "Task.sleep", "ContinuousClock", "SuspendingClock", "Task.detached", "Mutex<", "DispatchQueue",
    ] {
      #expect(!code.contains { $0.mentions(word) }, "\(path) says \(word)")
    }
  }
}
