import Base
import Engine
import Wire

extension Route {
  static var modelTest: Route {
    task(ModelTest.self) { params, call in
      // Nothing is stored: a call that is taken back is over as soon as the server is hung up on.
      let trial = try await call.engine.models.test(params.model, of: call.identity.owner)
      return .init(
        model: trial.model, text: trial.text, firstTokenMs: trial.firstToken?.wholeMilliseconds,
        totalMs: trial.total.wholeMilliseconds, usage: trial.usage)
    }
  }
}
