/// A picture as sixels: bands of six rows, and in a band every colour's own line of columns. Terminals have 256 colours for it, so the
/// picture is brought down to 252 evenly spread ones, each pixel's error going to its neighbours.
enum Sixels {
  /// How many steps of each: the eye tells greens apart best.
  private static let (reds, greens, blues) = (6, 7, 6)

  static func text(_ raster: Raster) -> String {
    let indices = dithered(raster)
    // Square pixels; what is not drawn stays as it is.
    var text: [UInt8] = Array("\u{1B}P0;1q\"1;1;\(raster.width);\(raster.height)".utf8)
    var defined = [Bool](repeating: false, count: reds * greens * blues)
    for top in stride(from: 0, to: raster.height, by: 6) {
      var columns: [UInt8: [UInt8]] = [:]
      for row in top..<min(top + 6, raster.height) {
        let bit = UInt8(1) << UInt8(row - top)
        for x in 0..<raster.width {
          columns[indices[row * raster.width + x], default: [UInt8](repeating: 0, count: raster.width)][x] |=
            bit
        }
      }
      for colour in columns.keys.sorted() {
        if !defined[Int(colour)] {
          text += Array("#\(colour);2;\(percentages(colour))".utf8)
          defined[Int(colour)] = true
        }
        text += Array("#\(colour)".utf8)
        if let column = columns[colour] { append(column, to: &text) }
        // Back to the beginning of the band for the next colour.
        text.append(UInt8(ascii: "$"))
      }
      // And down to the next band.
      text.append(UInt8(ascii: "-"))
    }
    return String(decoding: text, as: UTF8.self) + "\u{1B}\\\n"
  }

  /// Columns as characters, four and more equal ones as a count and one of them.
  private static func append(_ columns: [UInt8], to text: inout [UInt8]) {
    var end = columns.count
    // Nothing needs to be said of what is empty at the end.
    while end > 0, columns[end - 1] == 0 { end -= 1 }
    var at = 0
    while at < end {
      var run = 1
      while at + run < end, columns[at + run] == columns[at] { run += 1 }
      let character = columns[at] + 0x3F
      if run > 3 {
        text += Array("!\(run)".utf8)
        text.append(character)
      } else {
        for _ in 0..<run { text.append(character) }
      }
      at += run
    }
  }

  private static func percentages(_ colour: UInt8) -> String {
    let (red, green, blue) = levels(colour)
    return "\(red * 100 / (reds - 1));\(green * 100 / (greens - 1));\(blue * 100 / (blues - 1))"
  }

  private static func levels(_ colour: UInt8) -> (Int, Int, Int) {
    let colour = Int(colour)
    return (colour / (greens * blues), colour / blues % greens, colour % blues)
  }

  /// For each pixel the number of its colour. Errors go right and down, to each neighbour its share of sixteen (Floyd and Steinberg).
  private static func dithered(_ raster: Raster) -> [UInt8] {
    var indices: [UInt8] = []
    indices.reserveCapacity(raster.width * raster.height)
    // Sixteenths of a step, for the pixels of this row and of the next, with a margin on both sides.
    var here = [Int](repeating: 0, count: (raster.width + 2) * 3)
    var below = here
    for y in 0..<raster.height {
      for x in 0..<raster.width {
        var index = 0
        for (channel, steps) in [reds, greens, blues].enumerated() {
          let at = (x + 1) * 3 + channel
          let wanted = Int(raster.rgb[(y * raster.width + x) * 3 + channel]) + here[at] / 16
          let level = min(max((wanted * (steps - 1) + 127) / 255, 0), steps - 1)
          let error = wanted - level * 255 / (steps - 1)
          here[at + 3] += error * 7
          below[at - 3] += error * 3
          below[at] += error * 5
          below[at + 3] += error
          index = index * steps + level
        }
        indices.append(UInt8(index))
      }
      swap(&here, &below)
      for at in below.indices { below[at] = 0 }
    }
    return indices
  }
}
