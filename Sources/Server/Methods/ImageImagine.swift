import Base
import Engine
import Model
import Wire

extension Route {
  static var imageImagine: Route {
    writing(ImageImagine.self) { params, keyed, call in
      let request = try params.request()
      let (owner, origin) = (call.identity.owner, call.origin)
      try call.begin()
      return try await call.engine.pictures.imagine(
        request, of: owner, recording: keyed.recording { .init(jobs: $0) }, origin: origin
      ).map { .init(jobs: $0) }
    }
  }
}

extension ImageImagine.Params {
  func request() throws(RPCError) -> ImagineRequest {
    var request = ImagineRequest(prompt: prompt)
    request.negative = negative ?? ""
    (request.width, request.height) = (width, height)
    (request.steps, request.cfg, request.clipSkip) = (steps, cfg, clipSkip)
    (request.sampler, request.scheduler) = (sampler, scheduler)
    (request.checkpoint, request.vae) = (checkpoint, vae)
    (request.seed, request.strength) = (try Seed.read(seed), strength)
    request.loras = (loras ?? []).map { .init($0.name, weight: $0.weight ?? 1) }
    (request.styles, request.extra) = (styles ?? [], extra ?? [:])
    if let hires {
      var again = ImagineRequest.SecondPass(scale: hires.scale)
      (again.upscaler, again.steps, again.strength) = (hires.upscaler, hires.steps, hires.strength)
      request.secondPass = again
    }
    (request.source, request.mask) = (source, mask)
    (request.provider, request.companion, request.count) = (provider, companion, count ?? 1)
    return request
  }
}

/// Seeds travel as decimal text: not every number of 64 bits fits a number in JSON.
enum Seed {
  static func read(_ text: String?) throws(RPCError) -> UInt64? {
    guard let text else { return nil }
    guard text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let seed = UInt64(text)
    else {
      throw .invalidParams(path: "params.seed", expected: "a whole number from 0 to \(UInt64.max), as text")
    }
    return seed
  }
}
