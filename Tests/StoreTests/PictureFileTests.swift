import Base
import Glibc
import Model
import Testing

@testable import Store

/// The files of pictures: one a content, there before their rows and gone after them.
@Suite struct PictureFileTests {
  private let now = Timestamp(milliseconds: 1_800_000_000_000)

  private func picture(
    _ cast: Cast, _ content: [UInt8], _ change: (inout Image) -> Void = { _ in }
  ) async throws -> Image {
    try await PictureStand(cast).add(content, change)
  }

  private func lying(_ cast: Cast) -> Set<String> {
    Set(cast.vault.pictures.all().map(\.hash.text))
  }

  private func purge(_ cast: Cast, _ entry: ULID) async throws {
    try await cast.vault.write { try $0.purge(entry) }
    try await cast.vault.dropUnusedPictures()
  }

  /// Sets a file's time so many seconds back.
  private func age(_ path: String, _ seconds: Int) {
    var times = [timespec](repeating: timespec(), count: 2)
    times[0].tv_sec = Int(now.milliseconds / 1000) - seconds
    times[1] = times[0]
    #expect(unsafe utimensat(AT_FDCWD, path, times, 0) == 0)
  }

  @Test func `a content is one file, in two levels of folders, for its owner alone`() async throws {
    let cast = try await Cast.open()
    let files = cast.vault.pictures
    let content = Array("light".utf8)
    let hash = try files.keep(content)
    #expect(try files.keep(content) == hash)
    #expect(hash.text == SHA256.hex(content))
    #expect(
      files.path(of: hash)
        == "\(cast.folder.path)/pictures/\(hash.text.prefix(2))/\(hash.text.dropFirst(2).prefix(2))/\(hash.text).jpg"
    )
    var status = stat()
    #expect(unsafe lstat(files.path(of: hash), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(unsafe lstat(Files.folder(of: files.path(of: hash)), &status) == 0)
    #expect(status.st_mode & 0o777 == 0o700)
    #expect(files.read(hash) == content)
    #expect(files.read(hash, limit: content.count - 1) == nil)
    #expect(files.all().map(\.hash) == [hash])
    await cast.vault.close()
  }

  @Test func `a file that was cut short is written again`() async throws {
    let cast = try await Cast.open()
    let files = cast.vault.pictures
    let content = [UInt8](repeating: 7, count: 1000)
    let path = files.path(of: try files.keep(content))
    #expect(unsafe truncate(path, 400) == 0)
    let hash = try files.keep(content)
    #expect(files.read(hash) == content)
    await cast.vault.close()
  }

  @Test func `what a crash left half-written is gone with the next start`() async throws {
    let cast = try await Cast.open()
    _ = try cast.vault.pictures.keep([1, 2, 3])
    let half = cast.folder.path + "/pictures/incoming/half"
    writeFile(half, [1])
    await cast.vault.close()
    let vault = try await Vault.open(cast.folder.path, owner: someone, environment())
    #expect(Files.size(half) == nil)
    await vault.close()
  }

  @Test func `a file goes with the last row that uses it, and not before`() async throws {
    let cast = try await Cast.open()
    let (first, second) = (try await picture(cast, [1]), try await picture(cast, [1]))
    let other = try await picture(cast, [2])
    #expect(lying(cast).count == 4)
    for image in [first, second] {
      let entry = cast.ids.make()
      _ = try await cast.vault.write { try $0.delete(image: image.id, entry: entry) }
      #expect(lying(cast).count == 4)
      try await purge(cast, entry)
      #expect(lying(cast).count == (image.id == first.id ? 4 : 2))
    }
    let left = try await cast.vault.read { try $0.storedImage(other.id) }
    #expect(lying(cast) == [left.file.text, left.thumb.text])
    let bytes = try await cast.vault.read { try $0.pictureBytes() }
    #expect(bytes == 2 * other.bytes + 1)
    await cast.vault.close()
  }

  @Test func `a file that somebody has claimed again stays`() async throws {
    let cast = try await Cast.open()
    let image = try await picture(cast, [9, 9])
    let files = cast.vault.pictures
    let hash = try files.keep([9, 9])
    let entry = cast.ids.make()
    _ = try await cast.vault.write { try $0.delete(image: image.id, entry: entry) }
    try await purge(cast, entry)
    #expect(files.has(hash))
    // Its new row never came; then it is an orphan like any other.
    files.release(hash)
    age(files.path(of: hash), 3601)
    let collected = try await cast.vault.collectPictures(removing: true, now: now)
    #expect(collected.removed == 1 && !files.has(hash))
    await cast.vault.close()
  }

  @Test func `files of messages, chats and companions go when those are purged`() async throws {
    let cast = try await Cast.open()
    let line = try await cast.say("Look.")
    _ = try await picture(cast, [1]) { $0.message = line.id }
    _ = try await picture(cast, [2]) { _ in }
    _ = try await picture(cast, [3]) { $0.chat = nil }
    #expect(lying(cast).count == 6)
    let entries = (0..<3).map { _ in cast.ids.make() }
    try await cast.vault.write { try $0.delete(message: line.id, children: nil, entry: entries[0]) }
    try await purge(cast, entries[0])
    #expect(lying(cast).count == 4)
    try await cast.vault.write { try $0.delete(chat: cast.chat, entry: entries[1]) }
    try await purge(cast, entries[1])
    #expect(lying(cast).count == 2)
    try await cast.vault.write { try $0.delete(companion: cast.companion, entry: entries[2]) }
    try await purge(cast, entries[2])
    #expect(lying(cast).isEmpty)
    #expect(try await cast.vault.read { try $0.pictureBytes() } == 0)
    #expect(try await cast.vault.check().ok)
    await cast.vault.close()
  }

  @Test func `collecting reports before it removes, spares what is young, and tells of what is missing`()
    async throws
  {
    let cast = try await Cast.open()
    let files = cast.vault.pictures
    let image = try await picture(cast, [1])
    let (old, young) = (try files.keep([2]), try files.keep([3]))
    for hash in [old, young] { files.release(hash) }
    age(files.path(of: old), 3600)
    age(files.path(of: young), 3599)
    writeFile(cast.folder.path + "/pictures/notes.txt", [1])
    var report = try await cast.vault.collectPictures(removing: false, now: now)
    #expect(report == ImageCollection(orphans: 1, orphanBytes: 1, removed: 0, missing: []))
    #expect(files.has(old))
    report = try await cast.vault.collectPictures(removing: true, now: now)
    #expect(report.removed == 1 && !files.has(old) && files.has(young))
    #expect(Files.size(cast.folder.path + "/pictures/notes.txt") == 1)
    let stored = try await cast.vault.read { try $0.storedImage(image.id) }
    unsafe unlink(files.path(of: stored.file))
    report = try await cast.vault.collectPictures(removing: false, now: now)
    #expect(report.missing == [image.id])
    await cast.vault.close()
  }

  @Test func `names that are not of a content are no files of ours`() {
    let hash = PictureHash(of: [1])
    #expect(PictureHash(fileName: hash.fileName) == hash)
    for name in [
      "", ".jpg", "../../etc/passwd", hash.text, hash.text.uppercased() + ".jpg",
      hash.text.dropLast() + "g.jpg",
      hash.text + "0.jpg", "é" + hash.text.dropFirst() + ".jpg",
    ] {
      #expect(PictureHash(fileName: String(name)) == nil, "\(name)")
    }
    #expect(PictureHash([UInt8](repeating: 0, count: 31)) == nil)
  }
}

/// Stores pictures as the queue does: the files first, then the row, then the claims go.
struct PictureStand {
  let cast: Cast

  init(_ cast: Cast) { self.cast = cast }

  func add(_ content: [UInt8], _ change: (inout Image) -> Void = { _ in }) async throws -> Image {
    let files = cast.vault.pictures
    let (file, thumb) = (try files.keep(content), try files.keep([0x54] + content))
    defer {
      files.release(file)
      files.release(thumb)
    }
    var image = Image(
      id: cast.ids.make(), companion: cast.companion, chat: cast.chat, kind: .scene, width: 4, height: 3,
      bytes: Int64(content.count), originalBytes: 100, createdAt: Timestamp(milliseconds: 0))
    change(&image)
    let new = NewImage(image, file: file, thumb: thumb, thumbBytes: Int64(content.count) + 1)
    return try await cast.vault.write { try $0.insert(new) }
  }
}
