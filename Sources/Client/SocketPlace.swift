import Glibc
import Posix

/// Which socket to talk to, by the rule that the daemon and the README's shell examples share.
public enum SocketPlace {
  /// `option` (a `--socket`), else `COMPANION_SOCKET`, else the per-user place.
  public static func path(option: String? = nil, environment: [String: String]) -> String {
    if let option, !option.isEmpty { return option }
    return Places(environment: environment).socket
  }
}
