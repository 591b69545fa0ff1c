import Model

/// A reply that could not even begin.
@Loop
final class Refusal: ReplyHandle {
  private let error: ProviderError
  private var sink: (@Loop (ReplyEvent) -> Void)?

  init(_ error: ProviderError, _ sink: @escaping @Loop (ReplyEvent) -> Void) {
    self.error = error
    self.sink = sink
  }

  func tell() {
    let sink = sink
    self.sink = nil
    sink?(.failure(error))
  }

  func cancel() { close(.cancelled) }

  func stop() { close(.stop) }

  private func close(_ reason: Finish) {
    let sink = sink
    self.sink = nil
    sink?(.finish(ReplyEnd(reason)))
  }
}

/// A reply that begins once it is known whom to ask.
@Loop
final class LateReply: ReplyHandle {
  private var sink: (@Loop (ReplyEvent) -> Void)?
  private var reply: (any ReplyHandle)?

  init(_ sink: @escaping @Loop (ReplyEvent) -> Void) { self.sink = sink }

  /// Once; nothing happens when it was cancelled meanwhile.
  func begin(_ start: (@escaping @Loop (ReplyEvent) -> Void) -> any ReplyHandle) {
    guard let sink else { return }
    self.sink = nil
    reply = start(sink)
  }

  func cancel() { close(.cancelled) }

  func stop() { close(.stop) }

  private func close(_ reason: Finish) {
    if let reply { return reason == .stop ? reply.stop() : reply.cancel() }
    let sink = sink
    self.sink = nil
    sink?(.finish(ReplyEnd(reason)))
  }
}
