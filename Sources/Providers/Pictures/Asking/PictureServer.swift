import Base
import HTTP
import Model

/// A whole answer, of whatever status.
struct PictureAnswer {
  let head: HTTPHead
  /// Empty where the answer is a long JSON text, whose pictures are in `json` and need not be held twice.
  let body: [UInt8]
  let json: LooseJSON?

  private static let longText = 64 << 10

  init(head: HTTPHead, body: [UInt8]) {
    self.head = head
    json = LooseJSON(body.span)
    self.body = json != nil && body.count > Self.longText ? [] : body
  }

  var status: Int { head.status }
}

/// One server that draws, as it is asked: addresses, keys, and what its failures mean.
@Loop
struct PictureServer {
  let configuration: PictureConfiguration
  let seams: ProviderSeams

  /// A picture in base64, with what is said beside it.
  static let maxAnswerBytes = Limits.maxProviderPictureBytes / 3 * 4 + (2 << 20)
  /// For questions that a server answers at once, or not at all.
  static let briefly = HTTPRequest.Patience(
    connect: .seconds(10), first: .seconds(30), idle: .seconds(30), total: .seconds(60))

  func asked(_ model: String?) -> Asked {
    Asked(provider: configuration.name, model: model, key: configuration.key)
  }

  /// To the path below the configured address, with a key and the owner's headers.
  func request(_ method: HTTPRequest.Method, _ path: String, json: JSONValue? = nil) -> HTTPRequest {
    request(method, url: configuration.url + path, json: json)
  }

  /// To a whole address, which must be known to be the provider's: the key goes there.
  func request(_ method: HTTPRequest.Method, url: String, json: JSONValue? = nil) -> HTTPRequest {
    var headers = keyHeaders + configuration.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    headers.append(("Accept", "application/json"))
    if json != nil { headers.append(("Content-Type", "application/json")) }
    var request = HTTPRequest(method, url, headers: headers, body: json.map { JSONBytes.encode($0) } ?? [])
    request.patience = Self.briefly
    request.patience.connect = configuration.connectTimeout
    return request
  }

  var keyHeaders: [(name: String, value: String)] {
    guard let key = configuration.key, !key.isEmpty else { return [] }
    switch configuration.kind {
    case .fal: return [("Authorization", "Key \(key)")]
    case .forge, .comfyui:
      // They know a name and a password; what may stand before them mostly knows a token.
      let value = key.contains(":") ? "Basic \(Base64.encode(Array(key.utf8)))" : "Bearer \(key)"
      return [("Authorization", value)]
    case .openaiImages: return [("Authorization", "Bearer \(key)")]
    case .placeholder, .offline: return []
    }
  }

  /// Nothing is heard of a transfer that was cancelled.
  func call(
    _ request: HTTPRequest, then: @escaping @Loop (Result<PictureAnswer, HTTPError>) -> Void
  ) -> Transfer {
    var body: [UInt8] = []
    var head = HTTPHead()
    return seams.client.start(
      request,
      .init(
        head: { head = $0 },
        body: { unsafe $0.withUnsafeBufferPointer { unsafe body.append(contentsOf: $0) } },
        end: { result in
          switch result {
          case .success(let head): then(.success(PictureAnswer(head: head, body: body)))
          // What came of an error is told rather than that it did not come to its end.
          case .failure where head.status >= 400 && !body.isEmpty:
            then(.success(PictureAnswer(head: head, body: body)))
          case .failure(let error): then(.failure(error))
          }
        }))
  }

  /// What an answer means that is none of those hoped for.
  func failure(
    _ answer: PictureAnswer, _ model: String?, cause: ProviderError.Cause? = nil, saying words: String? = nil
  ) -> ProviderError {
    var said = ServerError(status: answer.status, body: answer.body, head: answer.head)
    if let words, !words.isEmpty { said.message = words }
    var cause = cause
    if answer.status < 300, cause == nil { cause = answer.json == nil ? .notAnAPI : .malformed }
    if cause == nil, Self.speaksOfMemory(said.message) { cause = .memory }
    if (300..<400).contains(answer.status), let place = answer.head["location"] {
      said.message = "moved to \(place)"
    }
    return ProviderError(
      said, cause: cause, asked: asked(model),
      retryAfter: RetryAfter.wait(askedBy: answer.head, now: seams.wallClock.now()))
  }

  nonisolated static func speaksOfMemory(_ words: String) -> Bool {
    let words = words.lowercased()
    return ["out of memory", "outofmemory", "not enough memory", "alloc_failed"].contains {
      words.contains($0)
    }
  }
}

extension PictureRun {
  /// Asks; what is answered after the run is over, or after it was taken back, is not heard.
  func call(
    _ request: HTTPRequest, of server: PictureServer,
    then: @escaping @Loop (Result<PictureAnswer, HTTPError>) -> Void
  ) {
    let number = nextNumber()
    let transfer = server.call(request) { [weak self] result in
      self?.forget(number)
      then(result)
    }
    keep(transfer, as: number)
  }
}
