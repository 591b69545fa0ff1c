import Wire

extension Route {
  static var downloadRead: Route {
    immediate(DownloadRead.self) { params, call in
      let piece = try call.server.downloads.read(
        params.download, offset: params.offset, for: call.identity.owner)
      return .init(data: piece.data, next: piece.next)
    }
  }
}
