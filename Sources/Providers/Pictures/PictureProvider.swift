import Model

/// One named provider of pictures, of whichever kind. Its runs know nothing of queues, budgets or files.
@Loop
protocol PictureProvider: AnyObject {
  var configuration: PictureConfiguration { get }
  /// `model` is what followed the provider's name; nil is its own choice.
  func traits(_ model: String?) -> PictureTraits
  /// nil where the provider gives the names.
  func freshName() -> RemoteJob?
  /// A run that has not begun.
  func run(_ task: PictureTask, sink: @escaping @Loop (PictureEvent) -> Void) -> PictureRun
  func options(then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void)
}

/// An order with all that belongs to placing it once.
struct PictureTask: Sendable {
  var order: PictureOrder
  var sources: PictureSources?
  var model: String?
  var remote: RemoteJob?
  /// It was placed before a restart, or may have been.
  var resumes: Bool
}
