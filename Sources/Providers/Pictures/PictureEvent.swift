/// What happens to an order of a picture, on the loop, in this order. `pictures` and `failure` are the last.
package enum PictureEvent: Sendable, Hashable {
  /// The provider has it, under this name: to be stored before anything else is done with it. Comes again when more is known.
  case accepted(RemoteJob)
  /// How many wait before it, where that is told.
  case queued(ahead: Int?)
  case progress(PictureProgress)
  /// As they came, unread: whatever the provider calls them, their bytes tell what they are.
  case pictures([MadePicture])
  case failure(ProviderError)
  /// After `PictureHandle.cancel`: the provider was told where it can be told.
  case cancelled
}

package struct PictureProgress: Sendable, Hashable {
  /// 0 to 1, never less than before.
  package var fraction: Double
  package var step: Int?
  package var steps: Int?
  package var remaining: Duration?

  package init(fraction: Double, step: Int? = nil, steps: Int? = nil, remaining: Duration? = nil) {
    self.fraction = fraction
    self.step = step
    self.steps = steps
    self.remaining = remaining
  }
}

package struct MadePicture: Sendable, Hashable {
  package var bytes: [UInt8]
  /// The one really used, where the provider tells.
  package var seed: UInt64?
  /// What the provider made of the prompt, where it rewrote it.
  package var revisedPrompt: String?
  /// Drawn here, as a stand-in.
  package var isPlaceholder = false

  package init(_ bytes: [UInt8], seed: UInt64? = nil) {
    self.bytes = bytes
    self.seed = seed
  }
}

/// An order under way, for whoever placed it.
@Loop
package protocol PictureHandle: AnyObject {
  /// Takes the order back: the provider is told when the job is ours, then `cancelled` comes. After the last event it does nothing.
  func cancel()
  /// Forgets the order without telling the provider, which goes on: for a daemon that stops and will find it again.
  func abandon()
}
