import Testing

@testable import Picture

@Suite struct ZipTests {
  private let contents = Array("{\"spec\":\"chara_card_v3\"}".utf8)

  private func archive(_ more: (name: String, contents: [UInt8])...) -> [UInt8] {
    var writer = ZipWriter()
    writer.add("card.json", contents)
    for file in more { writer.add(file.name, file.contents) }
    return writer.finished()
  }

  /// The raw stream in a zlib stream of our own.
  private func packed(_ bytes: [UInt8]) -> [UInt8] { Array(Samples.stored(bytes).dropFirst(2).dropLast(4)) }

  @Test func `files go in and come out, also with something before the archive`() throws {
    let bytes = archive(("assets/icon/images/main.png", Samples.png), ("größe", []))
    for prefix in [[], Array("a picture".utf8)] {
      let zip = try ZipFile(prefix + bytes)
      #expect(zip.entries.map(\.name) == ["card.json", "assets/icon/images/main.png", "größe"])
      #expect(try zip.file("card.json", atMost: 1000) == contents)
      #expect(try zip.file("assets/icon/images/main.png", atMost: 10_000) == Samples.png)
      #expect(try zip.file("größe", atMost: 1) == [])
      #expect(try zip.file("Card.json", atMost: 1000) == nil)
    }
    #expect(ZipFile.begins(bytes) && ZipFile.ends(Array("x".utf8) + bytes))
  }

  @Test func `packed files are copied as they are, and unpacked within what the list says`() throws {
    let stream = packed(contents)
    let packedSource = Self.zip(name: "card.json", stream, method: 8, size: contents.count, crc: contents)
    let zip = try ZipFile(packedSource)
    #expect(try zip.file("card.json", atMost: 1000) == contents)
    var writer = ZipWriter()
    writer.add(try #require(zip.entries.first), of: zip)
    #expect(try ZipFile(writer.finished()).file("card.json", atMost: 1000) == contents)
    // One that unpacks to more than it says is refused, whatever the limit.
    let liar = Self.zip(name: "card.json", stream, method: 8, size: contents.count - 1, crc: contents)
    #expect(throws: ZipFile.Fault.tooLarge) { try ZipFile(liar).file("card.json", atMost: 1000) }
    let wrong = Self.zip(name: "card.json", stream, method: 8, size: contents.count, crc: [1])
    #expect(throws: ZipFile.Fault.damaged) { try ZipFile(wrong).file("card.json", atMost: 1000) }
  }

  @Test func `at the limit works, one past is refused`() throws {
    let zip = try ZipFile(archive())
    #expect(try zip.file("card.json", atMost: contents.count) == contents)
    #expect(throws: ZipFile.Fault.tooLarge) { try zip.file("card.json", atMost: contents.count - 1) }
  }

  @Test func `a gigabyte that says so is refused before it takes room`() throws {
    let bomb = Array(Samples.bomb(megabytes: 500).dropFirst(2))
    let bytes = Self.zip(name: "card.json", bomb, method: 8, size: 500 << 20, crc: [])
    #expect(throws: ZipFile.Fault.tooLarge) { try ZipFile(bytes).file("card.json", atMost: 8 << 20) }
    let liar = Self.zip(name: "card.json", bomb, method: 8, size: 100, crc: [])
    #expect(throws: ZipFile.Fault.tooLarge) { try ZipFile(liar).file("card.json", atMost: 8 << 20) }
  }

  @Test func `names that lead elsewhere are not safe`() throws {
    let zip = try ZipFile(
      archive(("assets/a.png", []), ("../x", []), ("/x", []), ("a\\b", []), ("a/../b", [])))
    #expect(zip.entries.map(\.isSafe) == [true, true, false, false, false, false])
  }

  @Test func `an archive cut or changed anywhere is read or refused`() throws {
    let bytes = archive(("assets/a", Array("abc".utf8)))
    for count in 0..<bytes.count {
      let zip = try? ZipFile(Array(bytes.prefix(count)))
      _ = try? zip?.file("card.json", atMost: 1000)
    }
    var refused = 0
    for place in bytes.indices {
      for value in [0, 0x7F, 0xFF] as [UInt8] {
        var changed = bytes
        changed[place] = value
        guard let zip = try? ZipFile(changed), let file = try? zip.file("card.json", atMost: 1000) else {
          refused += 1
          continue
        }
        #expect(file == contents, "byte \(place)")
      }
    }
    #expect(refused > 100)
  }

  static func zip(name: String, _ packed: [UInt8], method: UInt8, size: Int, crc contents: [UInt8]) -> [UInt8]
  {
    func short(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
    func long(_ value: Int) -> [UInt8] { short(value) + short(value >> 16) }
    func put(_ pieces: [UInt8]...) -> [UInt8] {
      var result: [UInt8] = []
      for piece in pieces { result += piece }
      return result
    }
    let name = Array(name.utf8)
    let checksum = Int(CRC32.of(contents, 0..<contents.count))
    let facts = put(
      [20, 0, 0, 0, method, 0, 0, 0, 0, 0], long(checksum), long(packed.count), long(size), short(name.count),
      [0, 0])
    let local = put([0x50, 0x4B, 3, 4], facts, name, packed)
    let directory = put([0x50, 0x4B, 1, 2, 20, 0], facts, [UInt8](repeating: 0, count: 14), name)
    let end = put(
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0], long(directory.count), long(local.count), [0, 0])
    return put(local, directory, end)
  }
}
