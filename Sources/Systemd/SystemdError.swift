internal import Glibc

/// A call of libsystemd that failed, with what the kernel or the library said.
package struct SystemdError: Error, Hashable, CustomStringConvertible {
  package let call: String
  /// A positive errno.
  package let code: Int32

  package init(call: String, code: Int32) {
    self.call = call
    self.code = code
  }

  package var description: String {
    // The longest text of glibc has 49 bytes.
    var text = [CChar](repeating: 0, count: 128)
    let failed = unsafe strerror_r(code, &text, text.count)
    let reason =
      failed == 0
      ? String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      : "error \(code)"
    return "\(call): \(reason)"
  }
}
