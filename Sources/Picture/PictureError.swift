/// Why a picture was not taken. The message is for the person who gave it or for the log of the provider it came from.
package struct PictureError: Error, Hashable, Sendable {
  package enum Reason: String, Sendable, Hashable {
    /// It is past a limit: another, smaller picture is welcome.
    case tooLarge = "too_large"
    /// It is sound, or may be, but of a kind that is not read here.
    case unsupported
    /// Its bytes make no picture. From a provider: worth another try.
    case broken
    /// Whoever asked no longer wants it.
    case cancelled
    /// This machine has not enough memory at present.
    case noMemory = "no_memory"
  }

  package let reason: Reason
  package let message: String

  static func tooLarge(_ message: String) -> Self { Self(reason: .tooLarge, message: message) }
  static func unsupported(_ message: String) -> Self { Self(reason: .unsupported, message: message) }
  static func broken(_ message: String) -> Self { Self(reason: .broken, message: message) }

  static let cancelled = Self(reason: .cancelled, message: "The picture is no longer wanted.")
  static let noMemory = Self(reason: .noMemory, message: "There is not enough memory for this picture now.")
}
