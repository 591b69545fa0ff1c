import HTTP
import Posix
import TestSupport

/// One transfer and what was heard of it.
@Loop
final class Fetch {
  private(set) var transfer: Transfer?
  private(set) var head: HTTPHead?
  private(set) var body: [UInt8] = []
  private(set) var pieces = 0
  private(set) var ends = 0
  let ended = Occurrence<Transfer.Ended>()
  let began = Occurrence<Void>()
  /// Called with each piece, before it is noted.
  var onPiece: (@Loop (Fetch, [UInt8]) -> Void)?
  private var bytesAwaited: [(Int, Occurrence<Void>)] = []

  init() {}

  func start(_ request: HTTPRequest, on client: HTTPClient) {
    transfer = client.start(
      request,
      .init(
        head: { self.head = $0 },
        body: { bytes in
          let piece = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
          self.onPiece?(self, piece)
          self.pieces += 1
          self.body += piece
          self.began.happen()
          for (count, occurrence) in self.bytesAwaited where self.body.count >= count { occurrence.happen() }
        },
        end: {
          self.ends += 1
          self.ended.happen($0)
        }))
  }

  /// Happens when that many bytes of the body have come.
  func has(_ count: Int) -> Occurrence<Void> {
    let occurrence = Occurrence<Void>()
    if body.count >= count { occurrence.happen() }
    bytesAwaited.append((count, occurrence))
    return occurrence
  }

  func cancel() { transfer?.cancel() }

  var text: String { String(decoding: body, as: UTF8.self) }
}

/// What every test of a transfer begins with.
@Loop
func fetch(
  _ request: HTTPRequest, on client: HTTPClient = HTTPClient(), _ prepare: @Loop (Fetch) -> Void = { _ in }
) -> Fetch {
  let fetch = Fetch()
  prepare(fetch)
  fetch.start(request, on: client)
  return fetch
}

func running(_ upstream: ScriptedUpstream) -> ScriptedUpstream {
  Loop.start()
  return upstream
}
