import Base
import Engine
import FoundationEssentials
import Glibc
import Model
import TestSupport
import Testing

/// Uploads as files beside the vault: where pieces may go, and when everything goes.
@Suite struct UploadDeskTests {
  private let mira = EngineHouse.mira
  private let jon = EngineHouse.jon

  private func names(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }

  @Test func `puts pieces together in a file that only its user reads`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.uploads
    let upload = try await desk.begin(bytes: 10, for: mira)
    #expect(try await desk.write(Data("hello".utf8), to: upload.id, at: 0, for: mira).received == 5)
    let last = try await desk.write(Data("world".utf8), to: upload.id, at: 5, for: mira)
    #expect(last.received == 10)
    #expect(last.isComplete)
    let path = house.uploads(of: mira) + "/" + upload.id
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "helloworld")
    var status = stat()
    #expect(unsafe lstat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(unsafe lstat(house.uploads(of: mira), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test func `takes a piece again, whole or overlapping, when it is the same`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.uploads
    let upload = try await desk.begin(bytes: 6, for: mira)
    let id = upload.id
    #expect(try await desk.write(Data([1, 2, 3, 4]), to: id, at: 0, for: mira).received == 4)
    #expect(try await desk.write(Data([1, 2, 3, 4]), to: id, at: 0, for: mira).received == 4)
    #expect(try await desk.write(Data([2, 3]), to: id, at: 1, for: mira).received == 4)
    #expect(try await desk.write(Data(), to: id, at: 4, for: mira).received == 4)
    #expect(try await desk.write(Data([3, 4, 5]), to: id, at: 2, for: mira).received == 5)
    #expect(try await desk.write(Data([6]), to: id, at: 5, for: mira).isComplete)
    #expect(try await desk.write(Data([1]), to: id, at: 0, for: mira).isComplete)
    let bytes = try Data(contentsOf: URL(filePath: house.uploads(of: mira) + "/" + id))
    #expect(Array(bytes) == [1, 2, 3, 4, 5, 6])
  }

  @Test func `refuses holes, other contents, too much, and what is not the caller's`() async throws {
    var limits = Limits()
    limits.uploadPieceBytes = 4
    limits.maxUploadBytes = 20
    let house = try await EngineHouse(limits: limits)
    let desk = house.engine.uploads
    let upload = try await desk.begin(bytes: 6, for: mira)
    let id = upload.id
    _ = try await desk.write(Data([1, 2, 3]), to: id, at: 0, for: mira)
    let cases: [(String, [UInt8], Int64, Owner, String)] = [
      ("uploadConflict", [9], 4, mira, "a hole"),
      ("uploadConflict", [9], -1, mira, "before the beginning"),
      ("uploadConflict", [1, 9], 0, mira, "other contents"),
      ("uploadConflict", [3, 9], .max - 1, mira, "beyond everything"),
      ("tooLarge", [4, 5, 6, 7], 3, mira, "beyond its end"),
      ("tooLarge", [1, 2, 3, 4, 5], 0, mira, "too large a piece"),
      ("notFound", [4], 3, jon, "another's"),
    ]
    for (kind, bytes, offset, owner, what) in cases {
      let found = await failure { () throws(EngineError) in
        _ = try await desk.write(Data(bytes), to: id, at: offset, for: owner)
      }
      #expect(found == kind, "\(what)")
    }
    #expect(try await desk.write(Data([4]), to: id, at: 3, for: mira).received == 4)
    for (bytes, kind): (Int64, String?) in [(0, "invalid"), (-1, "invalid"), (20, nil), (21, "tooLarge")] {
      let found = await failure { () throws(EngineError) in _ = try await desk.begin(bytes: bytes, for: mira)
      }
      #expect(found == kind)
    }
  }

  @Test func `counts an owner's uploads and nobody else's`() async throws {
    var limits = Limits()
    limits.maxUploads = 3
    let house = try await EngineHouse(limits: limits)
    let desk = house.engine.uploads
    for _ in 0..<3 { _ = try await desk.begin(bytes: 1, for: mira) }
    #expect(
      await failure { () throws(EngineError) in _ = try await desk.begin(bytes: 1, for: mira) } == "tooMany")
    _ = try await desk.begin(bytes: 1, for: jon)
    #expect(names(house.uploads(of: mira)).count == 3)
    // An hour later there is room again.
    await house.clock.waitForSleepers(4)
    house.clock.advance(by: .seconds(3600))
    while names(house.uploads(of: mira)).count > 0 { await Task.yield() }
    _ = try await desk.begin(bytes: 1, for: mira)
  }

  @Test func `drops an upload an hour after its last piece, and not before`() async throws {
    let house = try await EngineHouse()
    let desk = house.engine.uploads
    let upload = try await desk.begin(bytes: 10, for: mira)
    await house.clock.waitForSleepers()
    // A piece half an hour in: it lives on until an hour after that.
    house.clock.advance(by: .seconds(1800))
    _ = try await desk.write(Data([1]), to: upload.id, at: 0, for: mira)
    house.clock.advance(by: .seconds(1800))
    await house.clock.waitForSleepers()
    house.clock.advance(by: .seconds(1799))
    #expect(try await desk.write(Data(), to: upload.id, at: 1, for: mira).received == 1)
    await house.clock.waitForSleepers()
    house.clock.advance(by: .seconds(3600))
    while !names(house.uploads(of: mira)).isEmpty { await Task.yield() }
    let found = await failure { () throws(EngineError) in
      _ = try await desk.write(Data([2]), to: upload.id, at: 1, for: mira)
    }
    #expect(found == "notFound")
  }

  @Test func `sweeps what an earlier process left, and only that`() async throws {
    let house = try await EngineHouse()
    #expect(try await house.engine.upkeep.latestChange(of: mira) == 0)
    let path = house.uploads(of: mira)
    #expect(unsafe mkdir(path, 0o700) == 0)
    let left = ULIDMaker().make().description
    try Data("old".utf8).write(to: URL(filePath: path + "/" + left))
    try Data("theirs".utf8).write(to: URL(filePath: path + "/notes.txt"))
    let fresh = try await house.engine.uploads.begin(bytes: 1, for: mira)
    #expect(Set(names(path)) == ["notes.txt", fresh.id])
    // Once only: what begins later stays.
    let second = try await house.engine.uploads.begin(bytes: 1, for: mira)
    #expect(Set(names(path)) == ["notes.txt", fresh.id, second.id])
  }

  @Test func `tries a folder again that could not be made`() async throws {
    let house = try await EngineHouse()
    #expect(try await house.engine.upkeep.latestChange(of: mira) == 0)
    let path = house.uploads(of: mira)
    // A link to nowhere stands in its place: it is there, and nothing can be put into it.
    try Data("in the way".utf8).write(to: URL(filePath: path))
    let desk = house.engine.uploads
    #expect(
      await failure { () throws(EngineError) in _ = try await desk.begin(bytes: 1, for: mira) }
        == "storageFailed")
    #expect(unsafe unlink(path) == 0)
    _ = try await desk.begin(bytes: 1, for: mira)
    #expect(names(path).count == 1)
  }
}
