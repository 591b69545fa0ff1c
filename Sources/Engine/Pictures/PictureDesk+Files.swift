package import Base
package import FoundationEssentials
import Glibc
package import Model
import Providers
import Store

/// Pictures that are there: looked at, brought, taken along, deleted.
extension PictureDesk {
  package struct Filter: Sendable {
    package var companion: String?
    package var chat: ULID?
    package var kind: Image.Kind?

    package init() {}
  }

  /// The newest first.
  package func images(
    _ filter: Filter, cursor: String?, limit: Int, of owner: Owner
  ) async throws(EngineError) -> (items: [Image], next: String?) {
    let before = try PageCursor.position(cursor)
    let vault = try await surroundings.vault(of: owner)
    let page = try await surroundings.reading(owner) { snapshot in
      let companion = try filter.companion.map { try snapshot.companion(named: $0).id }
      return try snapshot.images(
        companion: companion, chat: filter.chat, kind: filter.kind, before: before, limit: limit)
    }
    return (page.items.map { vault.shown($0) }, page.next.map { PageCursor.text($0) })
  }

  package func image(_ id: ULID, of owner: Owner) async throws(EngineError) -> Image {
    let vault = try await surroundings.vault(of: owner)
    return vault.shown(try await surroundings.reading(owner) { try $0.storedImage(id) })
  }

  package struct Content: Sendable {
    package var image: Image
    package var mime: String
    package var data: Data
  }

  /// The bytes of a picture or of its thumbnail, and what `encode` makes of them, on the pictures' threads: base64 takes its time.
  package func data<Answer: Sendable>(
    _ id: ULID, thumb: Bool, of owner: Owner, encode: @escaping @Sendable (Content) throws -> Answer
  ) async throws(EngineError) -> Answer {
    let vault = try await surroundings.vault(of: owner)
    let stored = try await surroundings.reading(owner) { try $0.storedImage(id) }
    let (files, image) = (vault.pictures, vault.shown(stored))
    let hash = thumb ? stored.thumb : stored.file
    let result = await workshop.perform { () -> Result<Answer, EngineError> in
      guard let bytes = files.read(hash) else {
        return .failure(.storageFailed("the file of picture \(id) is not there: \(files.path(of: hash))"))
      }
      do {
        return .success(try encode(Content(image: image, mime: "image/jpeg", data: Data(bytes))))
      } catch {
        return .failure(.fault("\(error)"))
      }
    }
    return try result.get()
  }

  package struct Deleted: Sendable {
    package var image: Image
    package var entry: TrashEntry
  }

  /// Into the trash.
  package func delete(
    _ id: ULID, of owner: Owner, recording: Recording<Deleted>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Deleted> {
    let entry = surroundings.ids.make()
    let written = try await surroundings.writing(
      owner, recording, events: { [Event(owner: owner, .imageDeleted($0.image), origin: origin)] }
    ) { transaction in
      let image = try transaction.delete(image: id, entry: entry)
      return Deleted(image: image, entry: TrashEntry(try transaction.trashEntry(entry)))
    } result: {
      $0
    }
    surroundings.announce()
    return written.recorded
  }

  /// A picture of the person's own. What it is, is seen by its bytes; what is kept is small, upright and says nothing of where it was
  /// taken.
  package func `import`(
    _ source: ImportSource, as kind: Image.Kind, companion name: String?, of owner: Owner,
    recording: Recording<Image>?, origin: Origin
  ) async throws(EngineError) -> Recorded<Image> {
    // The first call has used the upload up.
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    guard [.upload, .portrait, .header].contains(kind) else {
      throw .invalid(path: "kind", expected: "upload, portrait or header")
    }
    let bytes = try await read(source, of: owner)
    let quota = surroundings.limits.pictureQuotaBytes
    let companion = try await surroundings.reading(owner) { snapshot in
      try snapshot.check(pictureQuota: quota)
      return try name.map { try snapshot.companion(named: $0).id }
    }
    let vault = try await surroundings.vault(of: owner)
    let kept: PictureWorkshop.Kept
    do throws(PictureWorkshop.Trouble) {
      kept = try await workshop.keep(bytes, defaults.size(of: kind), in: vault.pictures)
    } catch {
      throw error.asEngineError
    }
    defer { kept.release() }
    let image = Image(
      id: surroundings.ids.make(), companion: companion, kind: kind, width: kept.picture.width,
      height: kept.picture.height, bytes: Int64(kept.picture.jpeg.count), originalBytes: Int64(bytes.count),
      createdAt: surroundings.wallClock.now())
    let new = NewImage(image, file: kept.file, thumb: kept.thumb, thumbBytes: kept.thumbBytes)
    let written = try await surroundings.writing(
      owner, recording, events: { [Event(owner: owner, .imageCreated($0), origin: origin)] }
    ) { transaction in
      try transaction.check(pictureQuota: quota)
      _ = try transaction.insert(new)
      return vault.shown(try transaction.storedImage(new.image.id))
    } result: {
      $0
    }
    surroundings.announce()
    if case .upload(let id) = source { await uploads.use(up: id, for: owner) }
    return written.recorded
  }

  private func read(_ source: ImportSource, of owner: Owner) async throws(EngineError) -> [UInt8] {
    let limit = surroundings.limits.maxPictureBytes
    switch source {
    case .data(let data):
      guard data.count <= limit else { throw .tooLarge(what: "A picture", limit: Int64(limit)) }
      return [UInt8](data)
    case .upload(let id):
      let size = try await uploads.size(of: id, for: owner)
      guard size <= Int64(limit) else { throw .tooLarge(what: "A picture", limit: Int64(limit)) }
      return try await uploads.read(id, from: 0, atMost: limit, for: owner)
    }
  }

  package struct Exported: Sendable {
    package var image: ULID
    package var path: String?
    /// For whoever copies it: safe in any folder, and no two alike.
    package var name: String
  }

  /// Where the files are, and what to call their copies.
  package func export(_ ids: [ULID], of owner: Owner) async throws(EngineError) -> [Exported] {
    let vault = try await surroundings.vault(of: owner)
    let found = try await surroundings.reading(owner) { snapshot in
      try ids.map { id in
        let stored = try snapshot.storedImage(id)
        let handle = try stored.image.companion.map { try snapshot.companion($0).handle }
        return Found(stored: stored, handle: handle)
      }
    }
    return found.map { found in
      let image = vault.shown(found.stored)
      let day = image.createdAt.description.prefix(10)
      let parts = [found.handle, image.kind.rawValue, String(day), image.id.description.lowercased()]
      return Exported(
        image: image.id, path: image.path, name: parts.compactMap(\.self).joined(separator: "-") + ".jpg")
    }
  }

  private struct Found: Sendable {
    let stored: StoredImage
    let handle: String?
  }

  package func stats(of owner: Owner) async throws(EngineError) -> ImageStats {
    let quota = surroundings.limits.pictureQuotaBytes
    return try await surroundings.reading(owner) { try $0.imageStats(quota: quota) }
  }

  /// Files without rows and rows without files; unless it is only looked, the former go.
  package func collect(
    dryRun: Bool, of owner: Owner, recording: Recording<ImageCollection>?
  ) async throws(EngineError) -> Recorded<ImageCollection> {
    if let recording, let known = try await surroundings.replay(recording, of: owner) { return known }
    let vault = try await surroundings.vault(of: owner)
    let found: ImageCollection
    do throws(StoreError) {
      found = try await vault.collectPictures(removing: !dryRun, now: surroundings.wallClock.now())
    } catch {
      throw EngineError(error)
    }
    return try await surroundings.writing(owner, recording) { _ in
      found
    } result: {
      $0
    }.recorded
  }

  /// What can be chosen at a provider, as it lists it.
  package struct Choices: Sendable {
    /// Who was asked.
    package var provider: String
    package var checkpoints: [String]
    package var samplers: [String]
    package var schedulers: [String]
    package var vaes: [String]
    package var upscalers: [String]
    package var loras: [String]
    package var styles: [String]
    package var models: [String]
  }

  /// Asked of the provider now.
  package func choices(at name: String?) async throws(EngineError) -> Choices {
    let name = try provider(name ?? defaults.picture)
    let promise = Promise<Result<PictureOptions, ProviderError>>()
    painter.options(of: name) { promise.keep($0) }
    switch await promise.wait() {
    case .success(let found):
      return Choices(
        provider: name, checkpoints: found.checkpoints, samplers: found.samplers,
        schedulers: found.schedulers,
        vaes: found.vaes, upscalers: found.upscalers, loras: found.loras, styles: found.styles,
        models: found.models)
    case .failure(let error): throw .providerFailed(error.turnError)
    }
  }
}

extension Vault {
  /// With the paths of its files where the owner may open them: when they are the daemon's own user.
  func shown(_ stored: StoredImage) -> Image {
    var image = stored.image
    if owner.uid == geteuid() {
      (image.path, image.thumb) = (pictures.path(of: stored.file), pictures.path(of: stored.thumb))
    }
    return image
  }
}

extension PictureWorkshop.Trouble {
  fileprivate var asEngineError: EngineError {
    switch self {
    case .fault(let fault): fault.asEngineError
    case .storage(let error): EngineError(error)
    }
  }
}

extension PictureFault {
  /// For a person's own picture.
  var asEngineError: EngineError {
    switch reason {
    case .tooLarge(let limit): .tooLarge(what: message, limit: limit)
    case .unsupported, .broken: .unsupported(message)
    case .noMemory: .tooMany(what: "pictures at a time", limit: 1)
    }
  }
}
