import FoundationEssentials
import TestSupport
import Testing

@testable import companionctl

/// Pictures as terminals are told them.
@Suite struct TerminalPictureTests {
  private func raster(_ width: Int, _ height: Int, _ colour: (Int, Int) -> Raster.Colour) -> Raster {
    var rgb: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let found = colour(x, y)
        rgb += [found.red, found.green, found.blue]
      }
    }
    return Raster(width: width, height: height, rgb: rgb)
  }

  private let red = Raster.Colour(red: 255, green: 0, blue: 0)
  private let blue = Raster.Colour(red: 0, green: 0, blue: 255)

  @Test func `half blocks show two rows in a line, and name a colour once while it lasts`() {
    let picture = raster(3, 2) { x, y in y == 0 || x == 2 ? red : blue }
    #expect(
      HalfBlocks.text(picture)
        == "\u{1B}[38;2;255;0;0m\u{1B}[48;2;0;0;255m▀▀\u{1B}[48;2;255;0;0m▀\u{1B}[0m\n")
  }

  @Test func `the last of an odd number of rows has the terminal's own colour below it`() {
    let picture = raster(1, 3) { _, _ in red }
    #expect(
      HalfBlocks.text(picture)
        == "\u{1B}[38;2;255;0;0m\u{1B}[48;2;255;0;0m▀\u{1B}[0m\n\u{1B}[38;2;255;0;0m▀\u{1B}[0m\n")
  }

  /// What a terminal would draw of sixels: the colour of each pixel, in hundredths; nil where nothing is drawn.
  private func drawn(_ text: String, width: Int, height: Int) throws -> [[Int]?] {
    var pixels = [[Int]?](repeating: nil, count: width * height)
    let body = try #require(text.split(separator: "q", maxSplits: 1).last)
    var rest = body[...]
    #expect(text.hasPrefix("\u{1B}P0;1q\"1;1;\(width);\(height)") && text.hasSuffix("\u{1B}\\\n"))
    rest.removeFirst("\"1;1;\(width);\(height)".count)
    rest.removeLast(3)
    func number() throws -> Int {
      let digits = rest.prefix { $0.isNumber }
      rest.removeFirst(digits.count)
      return try #require(Int(digits))
    }
    var (x, top, colour, colours) = (0, 0, 0, [Int: [Int]]())
    while let character = rest.popFirst() {
      switch character {
      case "#":
        colour = try number()
        if rest.first == ";" {
          var values: [Int] = []
          while rest.first == ";" {
            rest.removeFirst()
            values.append(try number())
          }
          #expect(values.first == 2 && values.count == 4, "red, green and blue")
          colours[colour] = Array(values.dropFirst())
        }
      case "$": x = 0
      case "-": (x, top) = (0, top + 6)
      default:
        var (count, character) = (1, character)
        if character == "!" {
          count = try number()
          let next = rest.popFirst()
          character = try #require(next)
        }
        let bits = Int(try #require(character.asciiValue)) - 0x3F
        #expect((0...63).contains(bits))
        for _ in 0..<count {
          for row in 0..<6 where bits >> row & 1 == 1 {
            pixels[(top + row) * width + x] = colours[colour]
          }
          x += 1
        }
      }
    }
    return pixels
  }

  @Test(arguments: [(1, 1), (7, 6), (13, 20), (40, 7)])
  func `sixels give every pixel one colour, and an area its own on average`(_ size: (Int, Int)) throws {
    let (width, height) = size
    let picture = raster(width, height) { _, _ in .init(red: 200, green: 90, blue: 31) }
    let pixels = try drawn(Sixels.text(picture), width: width, height: height)
    #expect(pixels.allSatisfy { $0 != nil })
    guard width * height > 200 else { return }
    for (channel, wanted) in [200, 90, 31].enumerated() {
      let mean = Double(pixels.compactMap { $0?[channel] }.reduce(0, +)) / Double(pixels.count) * 2.55
      #expect(abs(mean - Double(wanted)) < 8, "channel \(channel): \(mean)")
    }
  }

  @Test func `sixels know black, white and an edge`() throws {
    let picture = raster(8, 6) { x, _ in
      x < 4 ? .init(red: 0, green: 0, blue: 0) : .init(red: 255, green: 255, blue: 255)
    }
    let pixels = try drawn(Sixels.text(picture), width: 8, height: 6)
    for (index, pixel) in pixels.enumerated() {
      #expect(pixel == (index % 8 < 4 ? [0, 0, 0] : [100, 100, 100]))
    }
  }

  @Test(arguments: [1, 31, 32, 33, 200])
  func `the graphics protocol gets the pixels whole, in pieces within its limit`(_ side: Int) throws {
    let picture = raster(side, side) { x, y in
      .init(red: UInt8(x & 255), green: UInt8(y & 255), blue: UInt8((x * y) & 255))
    }
    let text = KittyGraphics.text(picture, columns: 12, rows: 6)
    #expect(text.hasSuffix("\u{1B}\\\n"))
    let pieces = text.split(separator: "\u{1B}_G").map { $0.split(separator: "\u{1B}")[0] }
    var data = ""
    for (index, piece) in pieces.enumerated() {
      let parts = piece.split(separator: ";", maxSplits: 1)
      let more = index < pieces.count - 1 ? "m=1" : "m=0"
      #expect(parts[0].hasSuffix(more) && parts[1].utf8.count <= 4096)
      if index == 0 { #expect(parts[0].hasPrefix("a=T,f=24,s=\(side),v=\(side),c=12,r=6,q=2")) }
      data += parts[1]
    }
    #expect(Data(base64Encoded: data).map(Array.init) == picture.rgb)
  }

  @Test(arguments: [
    ("\u{1B}[?62;4;6c", false, true), ("\u{1B}[?62;22c", false, false), ("\u{1B}[?4c", false, false),
    ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;c", true, false),
    ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;4c", true, true),
    ("\u{1B}_Gi=31;ENOTSUPPORTED:no\u{1B}\\\u{1B}[?1;2c", false, false), ("x\u{1B}[?64;4", false, false),
    ("", false, false),
  ])
  func `a terminal's answer is understood`(_ heard: String, _ kitty: Bool, _ sixel: Bool) {
    let answer = TerminalQuestion.understood(Array(heard.utf8))
    #expect(answer == TerminalQuestion.Answer(speaksKitty: kitty, speaksSixel: sixel))
    #expect(TerminalQuestion.isWhole(Array(heard.utf8)) == heard.hasSuffix("c"))
  }

  @Test func `what can be known of a terminal without asking`() {
    func guess(_ environment: [String: String]) -> Bool { TerminalQuestion.guess(environment).speaksKitty }
    #expect(guess(["TERM": "xterm-kitty"]) && guess(["TERM_PROGRAM": "ghostty"]))
    #expect(!guess(["TERM": "xterm-256color"]) && !guess(["KITTY_WINDOW_ID": "1", "TMUX": "/tmp/t,1,0"]))
  }
}
