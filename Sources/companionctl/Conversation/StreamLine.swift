import Base
import Client
import Wire

/// A piece of a stream, or an event, as `--json` prints it: one line in the shape of the notification it came as.
enum StreamLine: Encodable {
  case stream(StreamNews)
  case event(EventNotification.Params)

  private enum CodingKeys: String, CodingKey { case method, params }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func put(_ name: String, _ params: some Encodable) throws {
      try container.encode(name, forKey: .method)
      try container.encode(params, forKey: .params)
    }
    switch self {
    case .event(let event): try put(EventNotification.name, event)
    case .stream(.began(let begin)): try put(StreamBegin.name, begin)
    case .stream(.delta(let delta)): try put(StreamDelta.name, delta)
    case .stream(.phase(let phase)): try put(TurnPhaseNotification.name, phase)
    case .stream(.ended(let end)): try put(StreamEnd.name, end)
    case .stream(.reset(let turn)): try put("stream.reset", ["turn": turn])
    case .stream(.gone(let turn, let error)):
      try put("stream.gone", ["turn": turn.description, "message": error.message])
    }
  }
}
