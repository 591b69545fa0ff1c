import Base
import HTTP
import Model

/// fal.ai, by its queue.
@Loop
final class FalProvider: PictureProvider {
  let configuration: PictureConfiguration
  private let seams: ProviderSeams

  init(_ configuration: PictureConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
  }

  func traits(_ model: String?) -> PictureTraits {
    let fal = FalModel(model ?? FalModel.usual)
    return PictureTraits(
      provider: configuration.name, model: model, kind: .fal, concurrency: configuration.concurrency,
      // Without a model each order gets one that can do it.
      edits: model == nil || fal.edits, onlyEdits: model != nil && fal.onlyEdits, form: .sentence,
      takesNegative: fal.takesNegative, memory: .theirName, isPlaceholder: false,
      width: fal.onlyEdits ? nil : 768, height: fal.onlyEdits ? nil : 1024)
  }

  func freshName() -> RemoteJob? { nil }

  func run(_ task: PictureTask, sink: @escaping @Loop (PictureEvent) -> Void) -> PictureRun {
    let usual = task.sources == nil ? FalModel.usual : FalModel.usualForEdits
    return FalRun(
      task, model: FalModel(task.model ?? usual),
      server: PictureServer(configuration: configuration, seams: seams), seams: seams, sink: sink)
  }

  /// fal has no list of its models that could be asked for with a key for them.
  func options(then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void) {
    var options = PictureOptions()
    options.models =
      configuration.models.isEmpty ? [FalModel.usual, FalModel.usualForEdits] : configuration.models
    then(.success(options))
  }
}
