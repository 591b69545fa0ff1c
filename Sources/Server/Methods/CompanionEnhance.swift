import Base
import Engine
import Model
import Wire

extension Route {
  static var companionEnhance: Route {
    writing(CompanionEnhance.self) { params, keyed, call in
      if let fields = params.fields, fields.count > CompanionEnhance.maxFields {
        throw RPCError.invalidParams(
          path: "params.fields", expected: "at most \(CompanionEnhance.maxFields) names")
      }
      if let instruction = params.instruction,
        !(1...CompanionEnhance.maxInstructionBytes).contains(instruction.utf8.count)
      {
        throw RPCError.invalidParams(
          path: "params.instruction", expected: "1 to \(CompanionEnhance.maxInstructionBytes) bytes")
      }
      let owner = call.identity.owner
      try call.begin()
      return try await call.written(
        call.engine.turns.writing.enhance(
          params.companion, fields: params.fields, instruction: params.instruction, of: owner,
          recording: keyed.recording { .init(turn: $0) }),
        wait: params.wait)
    }
  }
}
