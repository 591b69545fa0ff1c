import Model
package import Providers

/// Who draws. `PicturePool` does; tests stand in for it.
@Loop
package protocol PicturePainter: AnyObject, Sendable {
  /// In the order of the configuration.
  var names: [String] { get }
  func traits(of name: String) throws(ProviderError) -> PictureTraits
  /// What the provider is to know a job by, stored before it is asked; nil where the provider gives the names.
  func freshName(for name: String) -> RemoteJob?
  func start(
    _ order: PictureOrder, sources: PictureSources?, model: String, remote: RemoteJob?, resuming: Bool,
    sink: @escaping @Loop (PictureEvent) -> Void
  ) -> any PictureHandle
  func options(of name: String, then: @escaping @Loop (Result<PictureOptions, ProviderError>) -> Void)
}

extension PicturePool: PicturePainter {}

/// Who makes small and safe files of what providers and people bring. Keeps a processor busy for as long as that takes: called on the
/// pictures' threads only.
package protocol PictureMaking: Sendable {
  func make(_ bytes: [UInt8], _ order: PictureSize) async throws(PictureFault) -> MilledPicture
}

/// What a picture must fit into. A smaller one is never made larger.
package struct PictureSize: Sendable, Hashable {
  package var maxWidth: Int
  /// Nil: only the width matters.
  package var maxHeight: Int?
  package var thumbnailSide: Int
  /// JPEG's, 1 to 100.
  package var quality: Int

  package init(maxWidth: Int, maxHeight: Int?, thumbnailSide: Int = 256, quality: Int = 85) {
    self.maxWidth = maxWidth
    self.maxHeight = maxHeight
    self.thumbnailSide = thumbnailSide
    self.quality = quality
  }
}

package struct MilledPicture: Sendable {
  package var jpeg: [UInt8]
  package var width: Int
  package var height: Int
  package var thumbnail: [UInt8]

  package init(jpeg: [UInt8], width: Int, height: Int, thumbnail: [UInt8]) {
    self.jpeg = jpeg
    self.width = width
    self.height = height
    self.thumbnail = thumbnail
  }
}

/// Why no picture could be made of some bytes, with a sentence for whoever brought them.
package struct PictureFault: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    case tooLarge(limit: Int64)
    case unsupported
    /// Its bytes make no picture; from a provider, worth another try.
    case broken
    /// This machine has not enough memory at present.
    case noMemory
  }

  package var reason: Reason
  package var message: String

  package init(_ reason: Reason, _ message: String) {
    self.reason = reason
    self.message = message
  }
}

/// What the operator says about pictures.
package struct PictureDefaults: Sendable, Hashable {
  /// Who draws where nobody is named: `provider` or `provider/model`.
  package var picture = "offline"
  /// Who changes pictures; nil where nobody does.
  package var edit: String?
  /// Who stands in for one that failed for good; nil leaves the job failed.
  package var fallback: String?
  package var quality = 85
  package var maxSide = 1920
  package var headerWidth = 800

  package init() {}

  func size(of kind: Image.Kind) -> PictureSize {
    kind == .header
      ? PictureSize(maxWidth: headerWidth, maxHeight: nil, quality: quality)
      : PictureSize(maxWidth: maxSide, maxHeight: maxSide, quality: quality)
  }
}

/// What pictures are made with, as the composition root gives it.
package struct PictureMeans: Sendable {
  package var painter: any PicturePainter
  package var maker: any PictureMaking
  /// The threads that pictures are made on.
  package var executor: any TaskExecutor
  package var defaults: PictureDefaults

  package init(
    painter: any PicturePainter, maker: any PictureMaking, executor: any TaskExecutor,
    defaults: PictureDefaults = PictureDefaults()
  ) {
    self.painter = painter
    self.maker = maker
    self.executor = executor
    self.defaults = defaults
  }
}
