internal import Glibc

/// Secrets that the service manager lays out for this service alone (`LoadCredential=`).
package enum Credentials {
  /// The folder with one file per credential, readable by this service's user only and gone when it stops; nil
  /// when the unit passes none. The manager always gives an absolute path: a relative one is not the manager's.
  package static var directory: String? {
    guard let text = unsafe getenv("CREDENTIALS_DIRECTORY") else { return nil }
    let path = unsafe String(cString: text)
    return path.hasPrefix("/") ? path : nil
  }
}
