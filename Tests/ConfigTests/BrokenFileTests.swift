import Config
import Glibc
import Testing

/// What a person sees for each way a configuration can be broken. Every case pins place, path, need and advice.
@Suite struct BrokenFileTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let text: String
    let place: String
    let path: String
    let expected: String
    let found: String
    let suggestion: String
    var testDescription: String { name }

    init(
      _ name: String, _ text: String, at place: String, _ path: String, expected: String, found: String,
      suggestion: String
    ) {
      self.name = name
      self.text = text
      self.place = place
      self.path = path
      self.expected = expected
      self.found = found
      self.suggestion = suggestion
    }
  }

  static let keys = "one of the keys backups, defaults, limits, log, models, pictures, prompt, providers"
  static let address = "an address that begins with http:// or https:// and names a host"
  static let home = "providers: {home: {kind: 'openai', url: 'http://127.0.0.1:8080/v1'}}"

  static let cases = [
    Case(
      "an unknown section", "{\n  pictrues: {},\n}", at: ":2:3", "pictrues", expected: keys,
      found: "the unknown key \"pictrues\"", suggestion: "did you mean \"pictures\"?"),
    Case(
      "an unknown key", "{log: {\n\tlevle: 'info'}}", at: ":2:2", "log.levle",
      expected: "one of the keys format, level", found: "the unknown key \"levle\"",
      suggestion: "did you mean \"level\"?"),
    Case(
      "a key nothing is near to", "{log: {colour: true}}", at: ":1:8", "log.colour",
      expected: "one of the keys format, level", found: "the unknown key \"colour\"",
      suggestion: "remove it, or see contrib/doc/configuration.md"),
    Case(
      "a word for a number", "{pictures: {quality: 'high'}}", at: ":1:22", "pictures.quality",
      expected: "a whole number from 1 to 100", found: "text", suggestion: "for example: 85"),
    Case(
      "a number in quotes", "{pictures: {quality: '90'}}", at: ":1:22", "pictures.quality",
      expected: "a whole number from 1 to 100", found: "text", suggestion: "write it without quotes: 90"),
    Case(
      "a number past its range", "{pictures: {quality: 101}}", at: ":1:22", "pictures.quality",
      expected: "a whole number from 1 to 100", found: "101", suggestion: "the nearest that is allowed: 100"),
    Case(
      "a fraction", "{pictures: {quality: 85.5}}", at: ":1:22", "pictures.quality",
      expected: "a whole number from 1 to 100", found: "85.5", suggestion: "the nearest that is allowed: 86"),
    Case(
      "NaN", "{prompt: {reply: {temperature: NaN}}}", at: ":1:32", "prompt.reply.temperature",
      expected: "a number from 0 to 2", found: "NaN", suggestion: "for example: 0.9"),
    Case(
      "infinity", "{limits: {maxConnections: -Infinity}}", at: ":1:27", "limits.maxConnections",
      expected: "a whole number from 1 to 65536", found: "-Infinity", suggestion: "for example: 1024"),
    Case(
      "a list for an object", "{log: ['info']}", at: ":1:7", "log", expected: "an object", found: "a list",
      suggestion: "write { … } with the keys contrib/doc/configuration.md lists"),
    Case(
      "text for a list", "{backups: {folders: '/b'}}", at: ":1:21", "backups.folders", expected: "a list",
      found: "text", suggestion: "put it in brackets: [\"~/backups\"]"),
    Case(
      "a wrong item", "{backups: {folders: ['/b', 7]}}", at: ":1:28", "backups.folders[1]",
      expected: "the path of a folder", found: "7", suggestion: "for example: \"~/backups\""),
    Case(
      "a relative folder", "{backups: {folders: ['b']}}", at: ":1:22", "backups.folders[0]",
      expected: "an absolute path", found: "\"b\"", suggestion: "write it from / on, or from ~/ for your home"
    ),
    Case(
      "a word that is none of the choices", "{log: {level: 'inof'}}", at: ":1:15", "log.level",
      expected:
        "one of \"trace\", \"debug\", \"info\", \"notice\", \"warning\", \"error\", \"fault\"",
      found: "\"inof\"", suggestion: "did you mean \"info\"?"),
    Case(
      "half a choice", "{log: {level: 'warn'}}", at: ":1:15", "log.level",
      expected:
        "one of \"trace\", \"debug\", \"info\", \"notice\", \"warning\", \"error\", \"fault\"",
      found: "\"warn\"", suggestion: "did you mean \"warning\"?"),
    Case(
      "an address without its scheme", "{providers: {home: {kind: 'openai', url: 'localhost:8080/v1'}}}",
      at: ":1:42",
      "providers.home.url", expected: address, found: "\"localhost:8080/v1\"",
      suggestion: "did you mean \"http://localhost:8080/v1\"?"),
    Case(
      "an address of another kind", "{providers: {home: {kind: 'openai', url: 'ftp://x'}}}", at: ":1:42",
      "providers.home.url", expected: address, found: "\"ftp://x\"",
      suggestion: "for example http://127.0.0.1:8080/v1"),
    Case(
      "an address without a host", "{providers: {home: {kind: 'openai', url: 'http:///v1'}}}", at: ":1:42",
      "providers.home.url", expected: address + ", with a port from 1 to 65535 if any",
      found: "\"http:///v1\"",
      suggestion: "for example http://127.0.0.1:8080/v1"),
    Case(
      "a port past the last", "{providers: {home: {kind: 'openai', url: 'http://x:65536'}}}", at: ":1:42",
      "providers.home.url", expected: address + ", with a port from 1 to 65535 if any",
      found: "\"http://x:65536\"", suggestion: "for example http://127.0.0.1:8080/v1"),
    Case(
      "a password in an address", "{providers: {f: {kind: 'forge', url: 'http://me:canary@x'}}}", at: ":1:38",
      "providers.f.url", expected: "an address without a name or password", found: "something else in it",
      suggestion: "put them as name:password into keyFile"),
    Case(
      "no address where there is no usual one", "{providers: {home: {kind: 'openai'}}}", at: ":1:14",
      "providers.home.url", expected: "the server's address: kind \"openai\" has no usual one", found: "none",
      suggestion: "for example: url: \"http://127.0.0.1:8080/v1\""),
    Case(
      "no kind", "{providers: {home: {url: 'http://x'}}}", at: ":1:14", "providers.home.kind",
      expected: "the kind of server this is", found: "none", suggestion: "most servers speak kind: \"openai\""
    ),
    Case(
      "an unknown kind", "{providers: {home: {kind: 'antropic'}}}", at: ":1:27", "providers.home.kind",
      expected:
        "one of \"openai\", \"anthropic\", \"ollama\", \"forge\", \"fal\", \"comfyui\", \"openai-images\", \"offline\", \"placeholder\"",
      found: "\"antropic\"", suggestion: "did you mean \"anthropic\"?"),
    Case(
      "a key another kind has", "{providers: {f: {kind: 'forge', tokenTimeout: 5}}}", at: ":1:33",
      "providers.f.tokenTimeout", expected: "no tokenTimeout for a provider of kind \"forge\"", found: "one",
      suggestion: "remove it"),
    Case(
      "too much at a time", "{providers: {o: {kind: 'ollama', concurrency: 65}}}", at: ":1:47",
      "providers.o.concurrency", expected: "a whole number from 1 to 64", found: "65",
      suggestion: "the nearest that is allowed: 64"),
    Case(
      "no time to wait", "{providers: {o: {kind: 'ollama', totalTimeout: 0}}}", at: ":1:48",
      "providers.o.totalTimeout", expected: "a number of seconds from 1 to 86400", found: "0",
      suggestion: "the nearest that is allowed: 1"),
    Case(
      "a name that cannot stand before a slash", "{providers: {'a/b': {kind: 'ollama'}}}", at: ":1:14",
      "providers.a/b", expected: "a name of at most 64 letters, digits, - and _", found: "\"a/b\"",
      suggestion: "use another name; models are then name/model"),
    Case(
      "a built-in name for something else", "{providers: {offline: {kind: 'ollama'}}}", at: ":1:14",
      "providers.offline", expected: "kind \"offline\" for this name", found: "kind \"ollama\"",
      suggestion: "choose another name: this one means the provider that is built in"),
    Case(
      "a provider that is text", "{providers: {home: 'sk-canary'}}", at: ":1:20", "providers.home",
      expected: "an object", found: "text",
      suggestion: "write { … } with the keys contrib/doc/configuration.md lists"),
    Case(
      "a model of an unknown provider", "{\(home),\n models: {main: ['home/a', 'hoem/b']}}", at: ":2:28",
      "models.main[1]", expected: "a provider that is configured", found: "the unknown provider \"hoem\"",
      suggestion: "did you mean \"home/b\"?"),
    Case(
      "an unknown name", "{\(home),\n models: {main: ['home']}, defaults: {chat: 'mian'}}", at: ":2:45",
      "defaults.chat", expected: "provider/model, a provider or a name from models",
      found: "the unknown name \"mian\"", suggestion: "did you mean \"main\"?"),
    Case(
      "a model without its provider",
      "{providers: {o: {kind: 'ollama', models: ['gemma3']}},\n defaults: {chat: 'gemma3'}}", at: ":2:19",
      "defaults.chat", expected: "provider/model, a provider or a name from models",
      found: "the unknown name \"gemma3\"", suggestion: "did you mean \"o/gemma3\"?"),
    Case(
      "a model its provider does not list",
      "{providers: {o: {kind: 'ollama', models: ['gemma3']}},\n defaults: {chat: 'o/gema3'}}", at: ":2:19",
      "defaults.chat", expected: "a model that providers.o.models lists", found: "\"o/gema3\"",
      suggestion: "did you mean \"o/gemma3\"?"),
    Case(
      "text asked of a painter",
      "{providers: {f: {kind: 'forge'}, \(home.dropFirst(12)),\n defaults: {chat: 'f'}}",
      at: ":2:19", "defaults.chat", expected: "a provider that writes text",
      found: "\"f\", of kind \"forge\"",
      suggestion: "those that do: home, offline"),
    Case(
      "a list with a painter among the writers",
      "{providers: {f: {kind: 'forge'}}, models: {m: ['offline', 'f']},\n defaults: {chat: 'm'}}",
      at: ":2:19",
      "defaults.chat", expected: "a provider that writes text", found: "\"m\", of kind \"forge\"",
      suggestion: "those that do: offline"),
    Case(
      "a list named as a provider", "{\(home),\n models: {home: ['offline']}}", at: ":2:11", "models.home",
      expected: "a name no provider has", found: "\"home\"", suggestion: "choose another name for the list"),
    Case(
      "an empty list of models", "{models: {main: []}}", at: ":1:17", "models.main",
      expected: "at least one model", found: "an empty list", suggestion: "for example: [\"home/gemma\"]"),
    Case(
      "limits that contradict each other", "{limits: {maxOwnerBytes: 16777216,\n maxLineBytes: 33554432}}",
      at: ":1:10", "limits.maxOwnerBytes", expected: "at least maxLineBytes (33554432)", found: "16777216",
      suggestion: "raise maxOwnerBytes, or lower maxLineBytes"),
    Case(
      "a header of ours", "{providers: {o: {kind: 'ollama', headers: {Host: 'x'}}}}", at: ":1:44",
      "providers.o.headers.Host", expected: "a header that is not part of every request", found: "\"Host\"",
      suggestion: "remove it"),
    Case(
      "a header that breaks its line", "{providers: {o: {kind: 'ollama', headers: {A: 'canary\\r\\nB: c'}}}}",
      at: ":1:47", "providers.o.headers.A", expected: "a line of text of at most 8192 bytes",
      found: "other text",
      suggestion: "put the value in quotes"),
    Case(
      "a key that is a number", "{providers: {o: {kind: 'ollama', key: 1234567}}}", at: ":1:39",
      "providers.o.key", expected: "the key as text", found: "a number", suggestion: "put it in quotes"),
    Case(
      "a key of two lines", "{providers: {o: {kind: 'ollama', key: 'canary\\ncanary'}}}", at: ":1:39",
      "providers.o.key", expected: "a key on a single line", found: "line breaks or control characters in it",
      suggestion: "write the key alone, or remove the line"),
    Case(
      "two keys", "{providers: {o: {kind: 'ollama', key: 'canary', keyFile: 'k'}}}", at: ":1:39",
      "providers.o.key", expected: "either key or keyFile", found: "both",
      suggestion: "keep keyFile: a configuration without keys can be shown to others"),
    Case(
      "a key where its file belongs", "{providers: {o: {kind: 'ollama', keyFile: 'sk-canary-0123456789'}}}",
      at: ":1:43", "providers.o.keyFile", expected: "the name of a file that holds the key",
      found: "text that looks like a key itself",
      suggestion: "write the key into a file (mode 600) and name the file here"),
    Case(
      "a workflow that is not there", "{providers: {c: {kind: 'comfyui', workflow: '/nowhere/w.json'}}}",
      at: ":1:45", "providers.c.workflow", expected: "a readable workflow",
      found: "no such file at /nowhere/w.json", suggestion: "create it, or correct the name"),
    Case(
      "a name twice", "{log: {level: 'info',\n level: 'debug'}}", at: ":2:2", "log.level",
      expected: "each name once in an object", found: "\"level\" again; the first is at 1:8",
      suggestion: "remove one of the two, or make them one"),
    Case(
      "a missing comma", "{log: {level: 'info'\n format: 'json'}}", at: ":2:2", "log",
      expected: "',' or '}'", found: "'f'", suggestion: "a comma may be missing after the value before"),
    Case(
      "a missing bracket", "{log: {level: 'info'}", at: ":1:22", "",
      expected: "'}' to close the bracket opened at 1:1", found: "the end of the file",
      suggestion: "add the missing '}' where it ends"),
    Case(
      "no object at all", "'hello'", at: ":1:1", "", expected: "an object", found: "text",
      suggestion: "write the settings between { and }"),
    Case(
      "an empty file", "", at: ":1:1", "", expected: "an object", found: "an empty file",
      suggestion: "write {} for no settings, or remove the file"),
    Case(
      "too deep", String(repeating: "{a:", count: 65), at: ":1:193",
      (1...64).map { _ in "a" }.joined(separator: "."),
      expected: "at most 64 brackets inside one another", found: "one more",
      suggestion: "no setting needs more than a few; look for a bracket that was never closed"),
    Case(
      "a binary file", "\u{7F}ELF\u{0}\u{1}", at: ":1:5", "", expected: "UTF-8 text", found: "a zero byte",
      suggestion: "this looks like a binary file; check the name"),
  ]

  @Test(arguments: cases) func `tells place, path, need and advice`(broken: Case) throws {
    let place = try Place()
    let problems = try place.problems(broken.text)
    #expect(problems.count == 1, "\(problems)")
    let problem = try #require(problems.first)
    #expect(place.plain("\(problem.source)") == "etc/c.json5" + broken.place)
    #expect(problem.path == broken.path)
    #expect(problem.expected == broken.expected)
    #expect(problem.found == broken.found)
    #expect(problem.suggestion == broken.suggestion)
    #expect(!problem.description.contains("canary"))
  }

  @Test func `tells all problems at once, from top to bottom`() throws {
    let problems = try Place().problems(
      "{\n log: {levle: 1, format: 2},\n defaults: {chat: 'x/y'},\n pictures: {quality: 0},\n nothing: 1}")
    #expect(
      problems.map { "\($0.path)" } == [
        "log.levle", "log.format", "defaults.chat", "pictures.quality", "nothing",
      ])
  }

  @Test func `keeps a hundred problems and counts the rest`() throws {
    let text = "{" + (0..<250).map { "x\($0): 1," }.joined() + "}"
    let place = try Place()
    #expect {
      _ = try place.load(text)
    } throws: { error in
      guard let errors = error as? ConfigurationErrors else { return false }
      return errors.problems.count == 100 && errors.omitted == 150
        && errors.description.hasPrefix("The configuration has 250 problems:")
        && errors.description.hasSuffix("… and 150 more.\n")
    }
  }

  @Test func `the report can be read by people and by editors`() throws {
    let place = try Place()
    #expect {
      _ = try place.load("{\n  log: {levle: 'info'},\n}")
    } throws: { error in
      place.plain("\(error)") == """
        The configuration has a problem:

        etc/c.json5:2:9: log.levle: expected one of the keys format, level, found the unknown key "levle"
            did you mean "level"?

        """
    }
  }

  @Test func `an error cannot move the terminal's cursor`() throws {
    let problems = try Place().problems("{'\\u001b[2Jx\u{202E}': 1}")
    #expect(problems.first?.path == "\\u{1b}[2Jx\\u{202e}")
  }
}
