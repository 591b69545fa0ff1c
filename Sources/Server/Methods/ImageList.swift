import Base
import Engine
import Model
import Wire

extension Route {
  static var imageList: Route {
    task(ImageList.self) { params, call in
      let (owner, limits) = (call.identity.owner, call.server.limits)
      try limits.check(query: nil, cursor: params.cursor)
      var filter = PictureDesk.Filter()
      (filter.companion, filter.chat, filter.kind) = (params.companion, params.chat, params.kind)
      let page = try await call.engine.pictures.images(
        filter, cursor: params.cursor, limit: try limits.page(params.limit), of: owner)
      return .init(images: page.items, next: page.next)
    }
  }
}
