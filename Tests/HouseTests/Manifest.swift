/// Package.swift's lists of targets, which are plain literals so that they can be read here.
struct Manifest {
  /// Rooms and programs.
  var sources: [String: [String]] = [:]
  var suites: [String: [String]] = [:]
  var cModules: Set<String> = []

  init(_ text: String) {
    let arrow = /\(\s*"(?<name>[\w-]+)",\s*\[(?<list>[^\]]*)\]\s*\)/
    for found in text.matches(of: arrow) {
      let name = String(found.name)
      let list = found.list.matches(of: /"([\w-]+)"/).map { String($0.1) }
      if name.hasSuffix("Tests") { suites[name] = list } else { sources[name] = list }
    }
    for found in text.matches(of: /\.(?:target|systemLibrary)\(\s*name: "(?<name>C\w+)"/) {
      cModules.insert(String(found.name))
    }
    // TestSupport is the one target written out.
    for found in text.matches(of: /name: "TestSupport", dependencies: named\(\[(?<list>[^\]]*)\]\)/) {
      suites["TestSupport"] = found.list.matches(of: /"([\w-]+)"/).map { String($0.1) }
    }
  }
}
