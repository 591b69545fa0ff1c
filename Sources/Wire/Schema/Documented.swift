/// A value of the wire that says what each of its members means.
///
/// The text goes into the OpenRPC document and the protocol page. A test asks for one for every member and refuses texts
/// about members that do not exist, so the two cannot drift apart.
public protocol Documented {
  static var fields: [String: String] { get }
}

extension Empty: Documented {
  public static let fields: [String: String] = [:]
}
