import Base
import Model
import Store

/// What takes a processor or waits for the disk, on the pictures' threads: nothing of it ever sits on the loop.
struct PictureWorkshop: Sendable {
  let maker: any PictureMaking
  let executor: any TaskExecutor

  /// A picture whose files are there and claimed: whoever has it stores a row and then calls `release`.
  struct Kept: Sendable {
    let picture: MilledPicture
    let file: PictureHash
    let thumb: PictureHash
    fileprivate let files: PictureFiles

    var thumbBytes: Int64 { Int64(picture.thumbnail.count) }

    func release() {
      files.release(file)
      files.release(thumb)
    }
  }

  enum Trouble: Error, Sendable {
    case fault(PictureFault)
    case storage(StoreError)
  }

  /// Makes files of some bytes.
  func keep(
    _ bytes: [UInt8], _ size: PictureSize, in files: PictureFiles
  ) async throws(Trouble) -> Kept {
    let maker = maker
    let result = await perform { () -> Result<Kept, Trouble> in
      let picture: MilledPicture
      do throws(PictureFault) {
        picture = try await maker.make(bytes, size)
      } catch {
        return .failure(.fault(error))
      }
      do throws(StoreError) {
        let file = try files.keep(picture.jpeg)
        do throws(StoreError) {
          let thumb = try files.keep(picture.thumbnail)
          return .success(Kept(picture: picture, file: file, thumb: thumb, files: files))
        } catch {
          files.release(file)
          throw error
        }
      } catch {
        return .failure(.storage(error))
      }
    }
    return try result.get()
  }

  func perform<Answer: Sendable>(_ body: @escaping @Sendable () async -> Answer) async -> Answer {
    await withCheckedContinuation { continuation in begin { continuation.resume(returning: await body()) } }
  }

  private func begin(_ body: @escaping @Sendable () async -> Void) {
    _ = Task(executorPreference: executor) { await body() }
  }
}
