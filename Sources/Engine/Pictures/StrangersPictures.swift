import Base
package import Picture

/// Makes files of what providers and people bring: `PictureMill`, within the memory that all decodes share.
package struct StrangersPictures: PictureMaking {
  private let budget: DecodeBudget

  package init(budget: DecodeBudget = DecodeBudget()) { self.budget = budget }

  package func make(_ bytes: [UInt8], _ order: PictureSize) async throws(PictureFault) -> MilledPicture {
    var wanted = PictureMill.Order(
      maxWidth: order.maxWidth, maxHeight: order.maxHeight ?? PictureLimits.longestSide,
      thumbnailSide: order.thumbnailSide)
    wanted.quality = order.quality
    do throws(PictureError) {
      let header = try PictureHeader.read(bytes)
      // Nobody cancels these tasks; without a share it goes on all the same, as one picture too many.
      let share = await budget.take(PictureMill.memory(header, wanted))
      defer { share?.giveBack() }
      let made = try PictureMill.make(bytes, header, wanted)
      return MilledPicture(
        jpeg: made.main.jpeg, width: made.main.width, height: made.main.height,
        thumbnail: made.thumbnail?.jpeg ?? made.main.jpeg)
    } catch {
      throw PictureFault(error)
    }
  }
}

extension PictureFault {
  fileprivate init(_ error: PictureError) {
    let reason: Reason =
      switch error.reason {
      case .tooLarge: .tooLarge(limit: Int64(PictureLimits.longestSide))
      case .unsupported: .unsupported
      case .broken: .broken
      case .cancelled, .noMemory: .noMemory
      }
    self.init(reason, error.message)
  }
}
