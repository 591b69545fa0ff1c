import Picture

/// Pixels to be shown: three bytes each, rows from the top.
struct Raster: Equatable {
  let width: Int
  let height: Int
  let rgb: [UInt8]

  init(width: Int, height: Int, rgb: [UInt8]) {
    precondition(width > 0 && height > 0 && rgb.count == width * height * 3)
    self.width = width
    self.height = height
    self.rgb = rgb
  }

  init(_ pixels: PicturePixels) {
    self.init(width: pixels.width, height: pixels.height, rgb: pixels.rgb)
  }

  struct Colour: Equatable {
    var red: UInt8
    var green: UInt8
    var blue: UInt8
  }

  subscript(x: Int, y: Int) -> Colour {
    let at = (y * width + x) * 3
    return Colour(red: rgb[at], green: rgb[at + 1], blue: rgb[at + 2])
  }
}
