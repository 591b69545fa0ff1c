extension Subject {
  /// The yardstick for a server that does little and does it fast. Without persistence, which is how it is fastest.
  static let redis = Subject(
    name: "redis-server", program: "redis-server", door: .socket,
    arguments: { folder in
      [
        "--port", "0", "--unixsocket", socket(in: folder), "--save", "", "--appendonly", "no", "--dir",
        folder,
        "--daemonize", "no", "--logfile", "",
      ]
    },
    environment: { ["HOME": $0] },
    // As its client libraries write it.
    ping: { _ in Array("*1\r\n$4\r\nPING\r\n".utf8) },
    publishing: Publishing(
      subscribe: Array("*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nbench\r\n".utf8), subscribedLines: 6,
      publish: { _ in
        let text = String(repeating: ".", count: FanOut.payloadBytes)
        return Array("*3\r\n$7\r\nPUBLISH\r\n$5\r\nbench\r\n$\(text.utf8.count)\r\n\(text)\r\n".utf8)
      },
      // *3 $7 message $5 bench $200 text
      eventLines: 7, countsFromReply: false))
}
