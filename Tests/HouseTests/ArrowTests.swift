import Testing

/// The arrows of the house are tested, not hoped for.
@Suite struct ArrowTests {
  let manifest: Manifest
  let allowed = Dictionary(uniqueKeysWithValues: arrows.map { ($0.name, Set($0.mayImport)) })

  init() throws { manifest = Manifest(try Checkout.text("Package.swift")) }

  @Test func `the table's arrows point upwards only`() {
    var above: Set<String> = []
    for (name, list) in arrows {
      #expect(above.isSuperset(of: list), "\(name) stands above something it may import")
      above.insert(name)
    }
  }

  @Test func `a C module has one room that may import it`() {
    for (module, wrapper) in wrappers {
      #expect(arrows.filter { $0.mayImport.contains(module) }.map(\.name) == [wrapper], "\(module)")
    }
  }

  @Test func `every folder of Sources is a target, and every target is in the table`() {
    let declared = Set(manifest.sources.keys).union(manifest.cModules)
    #expect(declared == Set(Checkout.names(in: "Sources").filter { !$0.hasPrefix(".") }))
    #expect(declared.isSubset(of: allowed.keys), "\(declared.subtracting(allowed.keys)) is not in the table")
    #expect(manifest.sources.count >= 14, "Package.swift is no longer written so that it can be read here")
  }

  @Test func `Package.swift declares no arrow that the table does not have`() {
    for (name, list) in manifest.sources {
      let forbidden = Set(list).subtracting(allowed[name] ?? [])
      #expect(forbidden.isEmpty, "\(name) may not depend on \(forbidden.sorted())")
    }
    for (name, list) in manifest.suites {
      let forbidden = Set(list).subtracting(mayImport(suite: name))
      #expect(forbidden.isEmpty, "\(name) may not depend on \(forbidden.sorted())")
    }
    #expect(manifest.suites.count >= 15)
  }

  @Test(arguments: Checkout.swiftFiles(below: "Sources"))
  func `a source file imports what the table lets its room import`(_ path: String) throws {
    let room = String(path.split(separator: "/")[1])
    let list = try #require(allowed[room], "\(room) is not in the table")
    for module in try Checkout.code(path).compactMap({ importedModule($0) }) {
      #expect(list.contains(module) || outside.contains(module), "\(path): \(room) may not import \(module)")
    }
  }

  @Test(arguments: Checkout.swiftFiles(below: "Tests"))
  func `a test file imports what lies above its subject`(_ path: String) throws {
    let suite = String(path.split(separator: "/")[1])
    // Whatever is no target of the package is built by its own script, which names its modules.
    guard let declared = manifest.suites[suite] else { return }
    let list = outside.union(declared.map(moduleName(of:))).union(["Testing"])
    for module in try Checkout.code(path).compactMap({ importedModule($0) }) {
      #expect(list.contains(module), "\(path): \(suite) may not import \(module)")
    }
  }

  @Test(arguments: [
    ("import Base", "Base"), ("  public import Model", "Model"), ("@testable import Wire", "Wire"),
    ("@preconcurrency package import struct Posix.Places", "Posix"), ("import Glibc.stdio", "Glibc"),
    ("import class Foundation.Process;", "Foundation"), ("internal import Dispatch", "Dispatch"),
    ("importing = 1", nil), ("let import_ = Base", nil), ("", nil),
    ("import      Bring in a card", nil), ("import Base // why", "Base"),
    ("import Base; import Model", "Base"),
  ])
  func `an import is recognised however it is written`(_ line: String, _ module: String?) {
    #expect(importedModule(line) == module)
  }

  @Test func `the architecture page shows the same table`() throws {
    let page = try Checkout.text("contrib/doc/architecture.md")
    var shown: [String: Set<String>] = [:]
    for row in page.matches(of: /(?m)^\| (?<names>`[^|]*`) \|[^|]*\|(?<list>[^|]*)\|$/) {
      let list = Set(row.list.matches(of: /`([\w-]+)`/).map { String($0.1) })
      for name in row.names.matches(of: /`([\w-]+)`/) { shown[String(name.1)] = list }
    }
    for name in Set(manifest.sources.keys).union(manifest.cModules).sorted() {
      let existing = allowed[name, default: []].intersection(
        Set(manifest.sources.keys).union(manifest.cModules))
      #expect(shown[name] == existing, "the row of \(name) in contrib/doc/architecture.md")
    }
  }
}
