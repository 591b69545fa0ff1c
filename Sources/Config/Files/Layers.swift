import Base

/// The files of the configuration, read and laid over one another.
struct Layers {
  struct File {
    let path: String
    /// Nobody but its owner can read it, so it may hold a key.
    let isPrivate: Bool
  }

  private(set) var root = Node(.object([]), .builtIn)
  private(set) var files: [File] = []
  private(set) var problems = ProblemList()
  private(set) var warnings: [Problem] = []
  /// A file that belongs to the whole could not be had: what is there says nothing about the rest.
  private(set) var isIncomplete = false

  /// More snippets than anybody keeps; each may be a mebibyte.
  static let maxSnippets = 64

  /// Only this file; it must be there.
  mutating func add(explicit path: String) { add(path, required: true, skipDenied: false) }

  /// `companiond.json5` and `conf.d/*.json5` of a folder, none of which has to be there. `foreign` says the folder
  /// belongs to the system and not to the person whose daemon this is: what may not be read there is skipped with
  /// a warning, since it was not written for this daemon.
  mutating func add(folder: String, foreign: Bool) {
    add(folder + "/companiond.json5", required: false, skipDenied: foreign)
    let snippets = folder + "/conf.d"
    let names: [String]
    do { names = try fileNames(in: snippets, ending: ".json5") } catch {
      report(snippets, error, skipDenied: foreign)
      return
    }
    if names.count > Self.maxSnippets {
      problems.add(
        Problem(
          .file(snippets, nil), path: "", expected: "at most \(Self.maxSnippets) files that end in .json5",
          found: "\(names.count)", suggestion: "put several settings into one file"))
    }
    for name in names.prefix(Self.maxSnippets) {
      add(snippets + "/" + name, required: true, skipDenied: foreign)
    }
  }

  private mutating func add(_ path: String, required: Bool, skipDenied: Bool) {
    let contents: FileContents
    do { contents = try FileContents.read(path, most: JSON5Reader.maxBytes) } catch {
      if error.kind == .missing, !required { return }
      report(path, error, skipDenied: skipDenied)
      return
    }
    files.append(File(path: path, isPrivate: !contents.othersMayRead))
    if contents.othersMayWrite {
      problems.add(
        Problem(
          .file(path, nil), path: "", expected: "a file that only its owner can change",
          found: "one that everybody can write", suggestion: "run: chmod o-w \(Quoting.shell(path))"))
    }
    do {
      let document = try JSON5Reader.read(contents.bytes, file: path)
      for duplicate in document.duplicates { problems.add(duplicate) }
      guard case .object = document.root.value else {
        problems.add(
          Problem(
            document.root.source, path: "", expected: "an object", found: document.root.value.kind,
            suggestion: "write the settings between { and }"))
        isIncomplete = true
        return
      }
      root = root.merged(with: document.root)
    } catch {
      problems.add(error)
      isIncomplete = true
    }
  }

  private mutating func report(_ path: String, _ failure: FileFailure, skipDenied: Bool) {
    let expected =
      failure.kind == .tooLarge ? "a file of at most \(JSON5Reader.maxBytes) bytes" : "a readable file"
    let problem = Problem(
      .file(path, nil), path: "", expected: expected, found: failure.found, suggestion: failure.suggestion)
    if skipDenied, failure.kind == .denied {
      warnings.append(problem)
    } else {
      problems.add(problem)
      isIncomplete = true
    }
  }

  func isPrivate(_ path: String) -> Bool { files.contains { $0.path == path && $0.isPrivate } }

  /// Which of two places has the last word: the one in the later file, or neither within one file.
  func isLater(_ a: Source, than b: Source) -> Bool {
    guard let a = a.file, let b = b.file else { return false }
    guard let placeA = files.firstIndex(where: { $0.path == a }),
      let placeB = files.firstIndex(where: { $0.path == b })
    else { return false }
    return placeA > placeB
  }
}

extension Node.Value {
  /// What it is, without saying what it says.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .text: "text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}
