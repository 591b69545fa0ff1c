import Base
import Glibc
import Testing

@testable import Picture

@Suite struct ScalingTests {
  /// Both directions at once, in double precision and in light: what the scaler is measured against. Lanczos with three lobes, the
  /// edge going on for ever.
  private struct Reference {
    let rgb: [UInt8]

    init(_ source: MadePNG, to width: Int, _ height: Int) {
      let light = (0..<source.height).map { y in
        (0..<source.width).map { x in source.samples(x, y).map { Tone.light(Double($0) / 255) } }
      }
      let across = Self.weights(source.width, width)
      let down = Self.weights(source.height, height)
      var rgb: [UInt8] = []
      for y in 0..<height {
        // Rows first, then the row.
        var column = [[Double]](repeating: [0, 0, 0], count: source.width)
        for (row, weight) in down[y] {
          for x in 0..<source.width { for c in 0..<3 { column[x][c] += weight * light[row][x][c] } }
        }
        for x in 0..<width {
          for c in 0..<3 {
            let sum = across[x].reduce(0) { $0 + $1.weight * column[$1.sample][c] }
            rgb.append(UInt8((Tone.display(min(1, max(0, sum))) * 255).rounded()))
          }
        }
      }
      self.rgb = rgb
    }

    private static func weights(_ source: Int, _ target: Int) -> [[(sample: Int, weight: Double)]] {
      let ratio = Double(source) / Double(target)
      return (0..<target).map { index in
        let centre = (Double(index) + 0.5) * ratio
        var result: [(sample: Int, weight: Double)] = []
        for sample in Int(centre - 3 * ratio) - 2...Int(centre + 3 * ratio) + 2 {
          let x = (Double(sample) + 0.5 - centre) / ratio
          guard abs(x) < 3 else { continue }
          let angle = Double.pi * x
          let weight = x == 0 ? 1 : 3 * sin(angle) * sin(angle / 3) / (angle * angle)
          result.append((min(max(0, sample), source - 1), weight))
        }
        let sum = result.reduce(0) { $0 + $1.weight }
        return result.map { ($0.sample, $0.weight / sum) }
      }
    }
  }

  private func noiseRatio(_ ours: [UInt8], _ theirs: [UInt8]) -> Double {
    precondition(ours.count == theirs.count)
    let sum = zip(ours, theirs).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return 10 * log10(255 * 255 * Double(ours.count) / max(sum, 1e-9))
  }

  @Test(arguments: [(61, 47, 40, 31), (96, 64, 48, 32), (90, 60, 30, 20), (64, 64, 63, 63), (70, 9, 31, 4)])
  func `the result is that of double precision, to a fraction of a step`(
    _ width: Int, _ height: Int, _ targetWidth: Int, _ targetHeight: Int
  ) throws {
    let made = MadePNG.noise(width, height, seed: 7)
    let ours = try PicturePixels.read(made.bytes, maxWidth: targetWidth, maxHeight: targetHeight)
    #expect((ours.width, ours.height) == (targetWidth, targetHeight))
    let reference = Reference(made, to: targetWidth, targetHeight)
    let ratio = noiseRatio(ours.rgb, reference.rgb)
    #expect(ratio > 60, "\(ratio) dB")
    #expect(zip(ours.rgb, reference.rgb).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
  }

  @Test func `much smaller ones are averaged first, which is as good to the eye`() throws {
    let made = MadePNG(width: 160, height: 120) { x, y in [(x * x / 130 + y) % 256, 255 - x, (x ^ y) & 128] }
    let ours = try PicturePixels.read(made.bytes, maxWidth: 20, maxHeight: 15)
    let ratio = noiseRatio(ours.rgb, Reference(made, to: 20, 15).rgb)
    #expect(ratio > 34, "\(ratio) dB")
  }

  @Test func `one colour stays that colour, whichever it is`() throws {
    for value in 0...255 {
      let made = MadePNG(width: 9, height: 9, type: 2) { _, _ in [value, 255 - value, 128] }
      let pixels = try PicturePixels.read(made.bytes, maxWidth: 4, maxHeight: 4)
      let colour: [UInt8] = [UInt8(value), UInt8(255 - value), 128]
      let expected = Array(repeatElement(colour, count: 16).joined())
      #expect(pixels.rgb == expected, "\(value)")
    }
  }

  @Test func `a fine pattern of black and white becomes the grey that it looks like`() throws {
    let made = MadePNG(width: 64, height: 64, type: 0) { x, y in [(x ^ y) & 1 == 0 ? 255 : 0] }
    let pixels = try PicturePixels.read(made.bytes, maxWidth: 16, maxHeight: 16)
    // Half of the light. Averages of the bytes would say 128.
    #expect(pixels.rgb.allSatisfy { (187...189).contains($0) })
  }

  @Test func `every ratio gives every row, and no more memory than is said`() {
    var random = RandomSource.seeded(4)
    for _ in 0..<50 {
      let (width, height) = (Int.random(in: 1...300, using: &random), Int.random(in: 1...300, using: &random))
      let to = (Int.random(in: 1...width, using: &random), Int.random(in: 1...height, using: &random))
      let scaler = RowScaler(from: width, height, to: to.0, to.1, channels: 1)
      let most = RowScaler.memory(from: width, height, to: to.0, to.1, channels: 1)
      #expect(scaler.heldBytes == most, "\(width) x \(height) to \(to)")
      let row = [UInt8](repeating: 99, count: width)
      var rows = 0
      for _ in 0..<height {
        scaler.take(row)
        while scaler.produce() { rows += 1 }
      }
      #expect(rows == to.1, "\(width) x \(height) to \(to)")
    }
  }

  @Test func `the lowest and the highest pictures are scaled too`() throws {
    for (width, height, most) in [(4000, 1, 100), (1, 4000, 100), (3, 2, 1), (2000, 3, 1000)] {
      let made = MadePNG(width: width, height: height, type: 0) { _, _ in [50] }
      let pixels = try PicturePixels.read(made.bytes, maxWidth: most, maxHeight: most)
      #expect(max(pixels.width, pixels.height) == most && pixels.rgb.allSatisfy { $0 == 50 })
      #expect(min(pixels.width, pixels.height) >= 1)
    }
  }
}
