import Base
import Testing

@Suite struct SHA256Tests {
  // The examples of FIPS 180-4 and of its companion page of test vectors.
  private static let vectors: [(String, String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
  ]

  @Test(arguments: vectors)
  func `the standard's examples`(text: String, hash: String) {
    #expect(SHA256.hex(text.utf8) == hash)
  }

  @Test func `a million times the letter a, in pieces`() {
    var hash = SHA256()
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1000)
    for _ in 0..<1000 { hash.update(piece) }
    let digits = hash.finish().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    #expect(digits == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `the pieces make no difference`() {
    let seed = UInt64.random(in: .min ... .max)
    var random = RandomSource.seeded(seed)
    for length in [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 300] {
      let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      var whole = SHA256()
      whole.update(bytes)
      var pieces = SHA256()
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Int.random(in: 0...70, using: &random)
        pieces.update(rest.prefix(count))
        rest = rest.dropFirst(count)
      }
      #expect(whole.finish() == pieces.finish(), "seed \(seed), length \(length)")
    }
  }
}
