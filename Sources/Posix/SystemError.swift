import Glibc

/// A system call that failed: which one, on what, and the error number.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
  public let call: String
  public let number: Int32
  public let subject: String?

  public init(_ call: String, _ number: Int32, subject: String? = nil) {
    self.call = call
    self.number = number.magnitude.isZero ? 0 : Int32(number.magnitude)
    self.subject = subject
  }

  public var description: String {
    let reason = unsafe String(cString: strerror(number))
    return subject.map { "\(call) \($0): \(reason)" } ?? "\(call): \(reason)"
  }

  /// Turns the shim's "result or -errno" into a result or a throw.
  static func check(_ result: Int32, _ call: String, subject: String? = nil) throws(SystemError) -> Int32 {
    if result < 0 { throw SystemError(call, result, subject: subject) }
    return result
  }
}

extension UInt32 { fileprivate var isZero: Bool { self == 0 } }
