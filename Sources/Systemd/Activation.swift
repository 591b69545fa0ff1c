internal import CSystemd
internal import Glibc

/// A descriptor that the service manager opened before this process was started.
package struct InheritedDescriptor: Sendable, Hashable {
  /// `FileDescriptorName=` of the socket unit; `unknown` when the manager gave none.
  package let name: String
  /// Open, close-on-exec, and nobody's yet: who takes it from the list closes it.
  package let number: Int32

  package init(name: String, number: Int32) {
    self.name = name
    self.number = number
  }
}

/// Socket activation: the manager holds the listening socket, so a client may connect while no daemon runs.
package enum Activation {
  /// The descriptors handed to this process, in the socket unit's order; empty when there are none or when
  /// `LISTEN_PID` names another process (a variable that leaked through a shell is no activation).
  ///
  /// Call it once, first thing in `main`: it removes `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`, so that no
  /// child takes the descriptors for its own, and changing the environment is safe only while one thread runs.
  package static func take() throws(SystemdError) -> [InheritedDescriptor] {
    var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    let count = unsafe sd_listen_fds_with_names(1, &names)
    guard count >= 0 else { throw SystemdError(call: "sd_listen_fds_with_names", code: -count) }
    defer { unsafe free(names) }
    var descriptors: [InheritedDescriptor] = []
    for index in 0..<Int(count) {
      var name = "unknown"
      if let text = unsafe names?[index] {
        name = unsafe String(cString: text)
        unsafe free(text)
      }
      descriptors.append(InheritedDescriptor(name: name, number: SD_LISTEN_FDS_START + Int32(index)))
    }
    return descriptors
  }
}
