/// The module that a line of Swift imports, if it does: with attributes, access, `struct`, and submodules.
func importedModule(_ line: String) -> String? {
  let parts = line.split { (letter: Character) in letter == " " || letter == "\t" || letter == ";" }
  var words = parts.map(String.init)[...]
  while let word = words.first, word.hasPrefix("@") || accessWords.contains(word) { words.removeFirst() }
  guard words.popFirst() == "import", var module = words.popFirst() else { return nil }
  if kindWords.contains(module) {
    guard let name = words.popFirst() else { return nil }
    module = name
  }
  // Words behind it make it prose, such as a line of a help text.
  if let next = words.first, !next.hasPrefix("//"), next != "import" { return nil }
  return module.split(separator: ".").first.map(String.init)
}

private let accessWords: Set = ["public", "package", "internal", "fileprivate", "private"]
private let kindWords: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
