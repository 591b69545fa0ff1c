/// A quiet stand-in for a picture: a figure before a soft light, its initials, a name and a few words, and what it is. The same
/// words with the same seed give the same picture.
struct PlaceholderScene {
  let width: Int
  let height: Int
  private let sky: Shade
  private let shapes: [Shape]
  private let texts: [Line]
  /// Where the words below begin, on a darker ground.
  private let ground: Int

  /// One line of letters, with its place and the size of a dot.
  private struct Line {
    let rows: [[UInt8]]
    let x: Int
    let y: Int
    let dot: Int
    let color: DrawnColor
    let opacity: Double
  }

  private struct Shade {
    let top: DrawnColor
    let bottom: DrawnColor
    func at(_ part: Double) -> DrawnColor { top.mixed(bottom, min(max(part, 0), 1)) }
  }

  private struct Shape {
    let x: Double
    let y: Double
    let across: Double
    let down: Double
    let shade: Shade
    let opacity: Double

    /// Half its breadth at a height; nil above and below it.
    func reach(_ at: Double) -> Double? {
      let part = (at - y) / down
      return abs(part) < 1 ? across * (1 - part * part).squareRoot() : nil
    }
  }

  /// The first line of the caption is a name, the rest is said below it.
  init(width: Int, height: Int, caption: String, label: String, seed: UInt64) {
    self.width = width
    self.height = height
    var chance = Self.hash(caption, seed)
    func next(_ range: ClosedRange<Double>) -> Double {
      chance = (chance ^ (chance >> 29)) &* 0xBF58_476D_1CE4_E5B9
      chance ^= chance >> 32
      return range.lowerBound + (range.upperBound - range.lowerBound) * Double(chance >> 11) / 0x1p53
    }
    let hue = next(0...1)
    let (across, down) = (Double(width), Double(height))
    let unit = min(across, down)
    let middle = across / 2 + next(-0.03...0.03) * unit
    let head = 0.42 * down + next(-0.02...0.02) * unit
    let figure = hue + next(0.42...0.58)
    sky = Shade(top: .hue(hue, 0.34, 0.84), bottom: .hue(hue + next(0.05...0.14), 0.36, 0.62))
    func shape(_ y: Double, _ a: Double, _ d: Double, _ light: ClosedRange<Double>, _ opacity: Double)
      -> Shape
    {
      let shade = Shade(
        top: .hue(figure, 0.24, light.upperBound), bottom: .hue(figure, 0.28, light.lowerBound))
      return Shape(
        x: middle, y: y, across: a * unit, down: d * unit, shade: shade, opacity: opacity)
    }
    let light = Shade(top: .hue(hue + 0.03, 0.55, 0.94), bottom: .hue(hue + 0.08, 0.50, 0.80))
    shapes = [
      Shape(
        x: middle, y: head + 0.04 * unit, across: 0.40 * unit, down: 0.40 * unit, shade: light, opacity: 0.7),
      // Hair, shoulders, neck and face.
      shape(head + next(0.01...0.05) * unit, 0.185, next(0.215...0.26), 0.22...0.30, 1),
      shape(down + 0.05 * unit, 0.40, (down - head) / unit - 0.13, 0.30...0.40, 1),
      shape(head + 0.17 * unit, 0.065, 0.12, 0.50...0.56, 1),
      shape(head, 0.135, 0.175, 0.60...0.70, 1),
    ]

    let dot = max(1, Int(unit / 256))
    let margin = 4 * dot
    var lines = caption.split(separator: "\n", maxSplits: 1).map { TinyFont.writable(String($0)) }
    let name = lines.isEmpty ? "" : lines.removeFirst()
    let said = Self.wrapped(lines.first ?? "", (width - 2 * margin) / (TinyFont.advance * dot), most: 2)
    let named = Self.wrapped(name, (width - 2 * margin) / (TinyFont.advance * 2 * dot), most: 1)
    var texts: [Line] = []
    var y = height - margin
    for line in said.reversed() {
      y -= 9 * dot
      texts.append(Line(rows: Self.letters(line), x: margin, y: y, dot: dot, color: .white, opacity: 0.85))
    }
    for line in named {
      y -= 18 * dot
      texts.append(Line(rows: Self.letters(line), x: margin, y: y, dot: 2 * dot, color: .white, opacity: 1))
    }
    ground = texts.isEmpty ? height : y - margin
    texts.append(
      Line(
        rows: Self.letters(TinyFont.writable(label)), x: margin, y: margin, dot: dot,
        color: .hue(figure, 0.3, 0.25), opacity: 0.8))
    let initials = Self.letters(Self.initials(name))
    let size = max(1, Int(unit / 52))
    let breadth = (initials.count * TinyFont.advance - 1) * size
    texts.append(
      Line(
        rows: initials, x: Int(middle) - breadth / 2, y: Int(head + 0.36 * unit), dot: size,
        color: .hue(hue, 0.5, 0.9), opacity: 0.55))
    self.texts = texts
  }

  // MARK: Rows

  /// One row, three bytes a pixel.
  func row(_ y: Int) -> [UInt8] {
    var row = [DrawnColor](repeating: sky.at(Double(y) / Double(height)), count: width)
    for shape in shapes { paint(shape, y, &row) }
    if y >= ground { for x in row.indices { row[x] = row[x].mixed(.black, 0.45) } }
    for line in texts { write(line, y, &row) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(3 * width)
    for color in row {
      bytes.append(color.red)
      bytes.append(color.green)
      bytes.append(color.blue)
    }
    return bytes
  }

  /// Edges are as soft as four lines a row make them.
  private func paint(_ shape: Shape, _ y: Int, _ row: inout [DrawnColor]) {
    let reaches = [0.125, 0.375, 0.625, 0.875].map { shape.reach(Double(y) + $0) ?? 0 }
    guard let widest = reaches.max(), widest > 0, let narrowest = reaches.min() else { return }
    let color = shape.shade.at((Double(y) - shape.y + shape.down) / (2 * shape.down))
    let first = max(0, Int(shape.x - widest))
    let last = min(width - 1, Int(shape.x + widest))
    guard first <= last else { return }
    for x in first...last {
      let (left, right) = (Double(x), Double(x + 1))
      if left >= shape.x - narrowest, right <= shape.x + narrowest {
        row[x] = row[x].mixed(color, shape.opacity)
      } else {
        let covered = reaches.reduce(0.0) { sum, reach in
          sum + max(0, min(right, shape.x + reach) - max(left, shape.x - reach)) / 4
        }
        row[x] = row[x].mixed(color, shape.opacity * covered)
      }
    }
  }

  private func write(_ line: Line, _ y: Int, _ row: inout [DrawnColor]) {
    guard y >= line.y, y < line.y + TinyFont.height * line.dot else { return }
    let dots = (y - line.y) / line.dot
    for (index, letter) in line.rows.enumerated() {
      for column in 0..<TinyFont.width where letter[dots] >> (4 - column) & 1 == 1 {
        let x = line.x + (index * TinyFont.advance + column) * line.dot
        // Letters may reach beyond either edge.
        let (first, end) = (max(0, x), min(width, x + line.dot))
        if first < end {
          for place in first..<end { row[place] = row[place].mixed(line.color, line.opacity) }
        }
      }
    }
  }

  // MARK: Words

  private static func letters(_ text: String) -> [[UInt8]] { text.compactMap { TinyFont.rows(of: $0) } }

  private static func initials(_ name: String) -> String {
    String(
      name.split(separator: " ").prefix(2).compactMap { word in word.first { $0.isLetter || $0.isNumber } })
  }

  /// At most so many lines of so many letters, broken between words where that can be.
  private static func wrapped(_ text: String, _ room: Int, most: Int) -> [String] {
    guard room > 3, !text.isEmpty else { return [] }
    var lines: [String] = [""]
    for word in text.split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word.prefix(room))
      } else if line.count + 1 + word.count <= room {
        lines[lines.count - 1] += " " + word
      } else if lines.count == most {
        lines[lines.count - 1] = String(line.prefix(room - 3)) + "..."
        return lines
      } else {
        lines.append(String(word.prefix(room)))
      }
    }
    return lines
  }

  /// The same in every process, which Swift's own hash is not.
  private static func hash(_ text: String, _ seed: UInt64) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

struct DrawnColor: Sendable, Hashable {
  var red: UInt8
  var green: UInt8
  var blue: UInt8

  static let white = DrawnColor(red: 255, green: 255, blue: 255)
  static let black = DrawnColor(red: 0, green: 0, blue: 0)

  /// Hue in turns, saturation and lightness from 0 to 1.
  static func hue(_ hue: Double, _ saturation: Double, _ lightness: Double) -> DrawnColor {
    let amplitude = saturation * min(lightness, 1 - lightness)
    func channel(_ offset: Double) -> UInt8 {
      let place = (offset + hue * 12).truncatingRemainder(dividingBy: 12)
      let value = lightness - amplitude * max(-1, min(place - 3, 9 - place, 1))
      return UInt8(min(max(value * 255, 0), 255))
    }
    return DrawnColor(red: channel(0), green: channel(8), blue: channel(4))
  }

  func mixed(_ other: DrawnColor, _ part: Double) -> DrawnColor {
    let weight = Int(part * 256)
    func channel(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) * (256 - weight) + Int(b) * weight) >> 8) }
    return DrawnColor(
      red: channel(red, other.red), green: channel(green, other.green), blue: channel(blue, other.blue))
  }
}
