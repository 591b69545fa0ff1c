import HTTP

/// A small JSON answer, for lists of models and for finding servers.
@Loop
enum JSONFetch {
  /// Nothing is heard of a transfer that was cancelled.
  @discardableResult
  static func start(
    _ request: HTTPRequest, target: Target, client: HTTPClient,
    then: @escaping @Loop (Result<LooseJSON, ProviderError>) -> Void
  ) -> Transfer {
    var body: [UInt8] = []
    return client.start(
      request,
      .init(
        body: { unsafe $0.withUnsafeBufferPointer { unsafe body.append(contentsOf: $0) } },
        end: { result in
          switch result {
          case .failure(let error): then(.failure(ProviderError(error, target: target)))
          case .success(let head) where head.status != 200:
            let error = ServerError(status: head.status, body: body, head: head)
            then(.failure(ProviderError(error, cause: nil, target: target, retryAfter: nil)))
          case .success:
            if let json = LooseJSON(body.span) { return then(.success(json)) }
            let error = ServerError(message: Excerpt.of(body), status: 200)
            then(.failure(ProviderError(error, cause: .notAnAPI, target: target, retryAfter: nil)))
          }
        }))
  }
}
