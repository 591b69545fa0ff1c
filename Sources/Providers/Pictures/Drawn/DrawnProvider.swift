import Model

/// The provider that needs none: stand-ins drawn here.
@Loop
final class DrawnProvider: PictureProvider {
  let configuration: PictureConfiguration
  private let seams: ProviderSeams

  init(_ configuration: PictureConfiguration, _ seams: ProviderSeams) {
    self.configuration = configuration
    self.seams = seams
  }

  func traits(_ model: String?) -> PictureTraits {
    PictureTraits(
      provider: configuration.name, model: nil, kind: configuration.kind,
      concurrency: configuration.concurrency, edits: false, form: .sentence, takesNegative: false,
      memory: .none, isPlaceholder: true, width: DrawnRun.usualWidth, height: DrawnRun.usualHeight)
  }

  func freshName() -> RemoteJob? { nil }

  func run(_ task: PictureTask, sink: @escaping @Loop (PictureEvent) -> Void) -> PictureRun {
    DrawnRun(
      task, label: configuration.kind.rawValue, asked: Asked(provider: configuration.name), seams: seams,
      sink: sink)
  }

  func options(then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void) {
    then(.success(PictureOptions()))
  }
}

/// Draws a stand-in some rows at a time, so that no token waits for it.
@Loop
final class DrawnRun: PictureRun {
  nonisolated static let usualWidth = 512
  nonisolated static let usualHeight = 640
  /// A stand-in shows no more at a larger size; what is asked for beyond it keeps its shape.
  nonisolated static let longestSide = 1024
  nonisolated static let shortestSide = 64
  private static let rowsAtATime = 32

  private let scene: PlaceholderScene
  private let seed: UInt64
  private var png: DrawnPNG
  private var row = 0

  init(
    _ task: PictureTask, label: String, asked: Asked, seams: ProviderSeams,
    sink: @escaping @Loop (PictureEvent) -> Void
  ) {
    let order = task.order
    let (width, height) = Self.size(order.width ?? Self.usualWidth, order.height ?? Self.usualHeight)
    seed = order.seed ?? 0
    scene = PlaceholderScene(
      width: width, height: height, caption: order.caption ?? String(order.prompt.prefix(200)), label: label,
      seed: seed)
    png = DrawnPNG(width: width, height: height)
    super.init(task, asked: asked, seams: seams, sink: sink)
  }

  override func start() {
    let next = min(row + Self.rowsAtATime, scene.height)
    while row < next {
      png.append(row: scene.row(row))
      row += 1
    }
    guard row == scene.height else {
      tell(.progress(PictureProgress(fraction: Double(row) / Double(scene.height))))
      return after(.zero) { [weak self] in self?.start() }
    }
    var picture = MadePicture(png.finish(), seed: seed)
    picture.isPlaceholder = true
    end(.pictures([picture]))
  }

  nonisolated static func size(_ width: Int, _ height: Int) -> (width: Int, height: Int) {
    let (width, height) = (min(max(width, 1), 1 << 20), min(max(height, 1), 1 << 20))
    let most = max(width, height)
    func side(_ side: Int) -> Int {
      max(shortestSide, most > longestSide ? side * longestSide / most : side)
    }
    return (side(width), side(height))
  }
}
