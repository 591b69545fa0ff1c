import Wire

extension Route {
  static let downloadRead = immediate(DownloadRead.self) { params, call throws(RPCError) in
    let piece = try call.server.downloads.read(params.download, offset: params.offset, for: call.identity.owner)
    return .init(data: piece.data, next: piece.next)
  }
}
