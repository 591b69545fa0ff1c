import Base
import Engine
import Model
import Wire

extension Route {
  static var imageOptions: Route {
    task(ImageOptions.self) { params, call in
      let found = try await call.engine.pictures.choices(at: params.provider)
      return .init(
        provider: found.provider, checkpoints: found.checkpoints, samplers: found.samplers,
        schedulers: found.schedulers, vaes: found.vaes, upscalers: found.upscalers, loras: found.loras,
        styles: found.styles, models: found.models)
    }
  }
}
