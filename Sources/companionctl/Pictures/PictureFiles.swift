import Client
import FoundationEssentials
import Glibc
import Model
import Wire

/// A picture's bytes: from its file where this user may read it, else by a call.
enum PictureFiles {
  /// What a stored picture may weigh at most.
  private static let limit = 64 << 20

  static func bytes(of image: Image, thumb: Bool = false, _ client: BlockingClient) throws -> Data {
    let path = thumb ? image.thumb : image.path
    // It may have gone to the trash since it was told.
    if let path, let bytes = try? FileText.read(path, limit: limit) { return bytes }
    let params = ImageData.Params(image: image.id, thumb: thumb ? true : nil)
    return try client.call(ImageData.self, params, timeout: Invocation.patience).data
  }
}

/// Pictures on this terminal, one after the other: what it can show is asked once, before the first.
struct PictureViewer {
  private let out: Output
  private let screen: PictureScreen?

  init(_ invocation: Invocation, widest: Int? = nil) {
    out = invocation.out
    screen =
      invocation.has("--no-picture") || invocation.json
      ? nil : PictureScreen(invocation.out, environment: invocation.environment, widest: widest)
  }

  var isBlind: Bool { screen == nil }

  /// Where it cannot be shown, nothing happens: what is told about the picture stands on its own.
  func show(_ image: Image, _ client: BlockingClient) throws {
    guard let screen else { return }
    let bytes = try PictureFiles.bytes(of: image, client)
    do {
      out.write(Array(try screen.text([UInt8](bytes)).utf8))
    } catch {
      out.line("(the picture cannot be shown: \(error))")
    }
  }

  static let option = OptionSpec("--no-picture", nil, "tell of pictures, but do not draw them")
}

extension Image {
  /// One line about it, for people.
  var line: String {
    var parts = ["\(kind.rawValue), \(width)×\(height), \(Amounts.bytes(bytes))"]
    if let provider { parts.append(provider.escaped) }
    if placeholder == true { parts.append("a placeholder") }
    if let seed { parts.append("seed \(seed.escaped)") }
    return parts.joined(separator: ", ")
  }
}
