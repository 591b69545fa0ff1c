import Base
import Client
import FoundationEssentials
import Glibc
import Model
import Wire

extension Commands {
  static let new = CommandSpec(
    name: "new",
    summary: "Make a companion",
    takes: "[NAME …]",
    words: 0...16,
    options: [
      OptionSpec("--handle", "WORD", "a short name for commands; made of the name when absent"),
      OptionSpec("--description", "TEXT", "who they are"),
      OptionSpec("--personality", "TEXT", "what they are like"),
      OptionSpec("--scenario", "TEXT", "where and when you meet"),
      OptionSpec("--greeting", "TEXT", "what they say first"),
      OptionSpec("--persona", "FILE", "a JSON object of all this and more; - reads it from stdin"),
    ],
    discussion: """
      At a terminal, what is not given is asked for; an empty answer leaves it out. Options stand above what a file says. \
      companionctl discover companion.create tells what a persona may hold.
      """,
    examples: [
      .init("companionctl new", "Answer three questions."),
      .init(
        "companionctl new Ada --description \"A lighthouse keeper.\" --greeting \"Come in.\"",
        "Without questions."),
    ]
  ) { invocation in
    let params = try newCompanion(invocation)
    guard let made = try invocation.ask(CompanionCreate.self, params) else { return .done }
    let handle = made.companion.handle.escaped
    invocation.out.line("\(made.companion.name.escaped) is here. Talk with: companionctl chat \(handle)")
    return .done
  }

  private static func newCompanion(_ invocation: Invocation) throws -> CompanionCreate.Params {
    var persona = Persona(name: "")
    let file = invocation.value("--persona")
    if let file { persona = try self.persona(in: file, invocation) }
    if !invocation.words.isEmpty { persona.name = invocation.words.joined(separator: " ") }
    persona.description = invocation.value("--description") ?? persona.description
    persona.personality = invocation.value("--personality") ?? persona.personality
    persona.scenario = invocation.value("--scenario") ?? persona.scenario
    if let greeting = invocation.value("--greeting") {
      persona.greetings = [greeting] + (persona.greetings ?? []).dropFirst()
    }
    if persona.name.isEmpty, file == nil, isatty(0) == 1, !invocation.json {
      persona.name = try ask("What is their name? ", invocation)
      if persona.description == nil {
        persona.description = try given(ask("Who are they, in a sentence or two? ", invocation))
      }
      if persona.greetings == nil {
        persona.greetings = try given(ask("What do they say first? ", invocation)).map { [$0] }
      }
    }
    guard !persona.name.isEmpty else {
      throw UsageError("A companion needs a name.", seeHelpOf: invocation.line.names)
    }
    return CompanionCreate.Params(persona: persona, handle: invocation.value("--handle"))
  }

  private static func given(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func ask(_ question: String, _ invocation: Invocation) throws -> String {
    invocation.out.write(Array(question.utf8))
    guard let answer = readLine() else { throw Missing(description: "Nothing was made.") }
    return answer
  }

  private static func persona(in file: String, _ invocation: Invocation) throws -> Persona {
    let text = file == "-" ? try StandardInput.all() : try FileText.read(file)
    do {
      return try JSONDecoder().decode(PersonaFile.self, from: text).persona
    } catch {
      throw UsageError(
        "\(file.escaped) is not a persona: one JSON object, such as {\"name\": \"Ada\"}.",
        seeHelpOf: invocation.line.names)
    }
  }

  /// A persona whose name may come from the command line instead.
  private struct PersonaFile: Decodable {
    let persona: Persona

    init(from decoder: any Decoder) throws {
      var value = try JSONValue(from: decoder).object ?? [:]
      if value["name"] == nil { value["name"] = "" }
      persona = try JSONDecoder().decode(
        Persona.self, from: JSONText.encoder().encode(JSONValue.object(value)))
    }
  }
}
