extension Subject {
  /// The nearest kin: a daemon in Rust that speaks JSON-RPC, a message a line, to its one client over its standard input and
  /// output. It has no ping; this call looks at its argument and nothing else.
  static let deltachat = Subject(
    name: "deltachat-rpc-server", program: "deltachat-rpc-server", door: .stdio,
    arguments: { _ in [] },
    environment: { ["HOME": $0, "DC_ACCOUNTS_PATH": $0 + "/accounts", "RUST_LOG": "error"] },
    ping: { number in
      Array(
        #"{"jsonrpc":"2.0","id":\#(number),"method":"check_email_validity","params":["a@example.org"]}"#.utf8)
        + [0x0A]
    })
}
