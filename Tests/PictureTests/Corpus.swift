import FoundationEssentials
import Testing

/// The committed pictures, each of 32 x 24 pixels with a green disc on a gradient from red to blue; but `jpeg-tall` is a grey noise of
/// 16 x 400, in one scan.
enum Corpus {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Corpus/pictures").path

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try #require(FileManager.default.contents(atPath: "\(folder)/\(name)"), "\(name) cannot be read"))
  }
}
