@testable import Picture

/// What must hold for any file that somebody says is a picture. Traps where it does not, so that the fuzzer keeps the input.
///
/// Shared by the tests, which run the committed corpus and thousands of mutations of it, and by contrib/fuzz.
enum PictureInvariants {
  static func check(_ bytes: [UInt8]) { _ = outcome(bytes) }

  /// What became of it: nil when a picture was made.
  static func outcome(_ bytes: [UInt8]) -> PictureError? {
    let header: PictureHeader
    do throws(PictureError) {
      header = try PictureHeader.read(bytes)
    } catch {
      precondition(!error.message.isEmpty && error.reason != .cancelled && error.reason != .noMemory)
      return error
    }
    precondition(header.width <= PictureLimits.longestSide && header.height <= PictureLimits.longestSide)
    // A file of a few bytes may stand for many pixels; what that costs is measured elsewhere.
    guard header.width * header.height <= 1 << 18 else { return nil }
    var order = PictureMill.Order.picture(maxSide: 48, thumbnailSide: 16)
    order.background = PictureColour(red: 200, green: 10, blue: 90)
    precondition(PictureMill.memory(header, order) <= PictureLimits.decodeBytes + (64 << 20))
    do throws(PictureError) {
      let made = try PictureMill.make(bytes, header, order)
      precondition(made.main.width <= 48 && made.main.height <= 48)
      // What we made is sound, and of the size that we say.
      for file in [made.main, made.thumbnail ?? made.main] {
        let again = try PictureHeader.read(file.jpeg)
        precondition(again.kind == .jpeg && (again.width, again.height) == (file.width, file.height))
        let pixels = try PicturePixels.read(file.jpeg, maxWidth: 48, maxHeight: 48)
        precondition(pixels.rgb.count == file.width * file.height * 3)
      }
      return nil
    } catch {
      precondition(error.reason != .cancelled && error.reason != .noMemory && !error.message.isEmpty)
      return error
    }
  }
}
