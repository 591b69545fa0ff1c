import Base
import HTTP
import Model

/// ComfyUI, with its owner's workflow or the one that is built in.
@Loop
final class ComfyProvider: PictureProvider {
  let configuration: PictureConfiguration
  private let seams: ProviderSeams
  /// What is wrong with the owner's workflow is said with each order.
  private let workflow: Result<ComfyWorkflow, PictureFault>?

  init(_ configuration: PictureConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
    workflow = configuration.workflow.map { text in
      do throws(PictureFault) { return .success(try ComfyWorkflow(text)) } catch { return .failure(error) }
    }
  }

  func traits(_ model: String?) -> PictureTraits {
    var startsFromPictures: Bool?
    if case .success(let workflow)? = workflow { startsFromPictures = workflow.uses("image") }
    return PictureTraits(
      provider: configuration.name, model: model, kind: .comfyui, concurrency: configuration.concurrency,
      edits: startsFromPictures ?? true, onlyEdits: startsFromPictures ?? false, form: .tags,
      takesNegative: true,
      memory: .ourName, isPlaceholder: false, width: ComfyWorkflow.usualWidth,
      height: ComfyWorkflow.usualHeight)
  }

  /// In the form of a UUID: the server may insist on one.
  func freshName() -> RemoteJob? {
    let random = seams.random
    var bytes = (0..<2).flatMap { _ in
      let word = random.next()
      return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
    }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return RemoteJob(text)
  }

  func run(_ task: PictureTask, sink: @escaping @Loop (PictureEvent) -> Void) -> PictureRun {
    ComfyRun(
      task, name: (task.remote ?? freshName())?.text ?? "", workflow: workflow ?? .success(.builtIn(task)),
      server: PictureServer(configuration: configuration, seams: seams), seams: seams, sink: sink)
  }

  private static let lists: [(node: String, input: String, keep: WritableKeyPath<PictureOptions, [String]>)] =
    [
      ("CheckpointLoaderSimple", "ckpt_name", \.checkpoints), ("KSampler", "sampler_name", \.samplers),
      ("KSampler", "scheduler", \.schedulers), ("VAELoader", "vae_name", \.vaes),
      ("UpscaleModelLoader", "model_name", \.upscalers), ("LoraLoader", "lora_name", \.loras),
    ]

  func options(then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void) {
    let server = PictureServer(configuration: configuration, seams: seams)
    var options = PictureOptions()
    var failure: ProviderError?
    var open = Self.lists.count
    for (index, list) in Self.lists.enumerated() {
      _ = server.call(server.request(.get, "/object_info/\(list.node)")) { result in
        switch result {
        case .failure(let error): if index == 0 { failure = ProviderError(error, asked: server.asked(nil)) }
        case .success(let answer):
          if answer.status == 200, let json = answer.json {
            options[keyPath: list.keep] = ComfyAnswer.choices(json, node: list.node, input: list.input)
          } else if index == 0 {
            failure = server.failure(answer, nil)
          }
        }
        open -= 1
        guard open == 0 else { return }
        then(failure.map { .failure($0) } ?? .success(options))
      }
    }
  }
}
