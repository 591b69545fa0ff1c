import FoundationEssentials
import Model
import Testing

/// Files of the checkout, found from this one.
enum House {
  static let root = String(#filePath.split(separator: "/").dropLast(3).joined(separator: "/").inFront("/"))

  static func path(_ relative: String) -> String { "\(root)/\(relative)" }

  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }
}

extension String {
  fileprivate func inFront(_ prefix: String) -> String { prefix + self }
}

func json(_ text: String) throws -> JSONValue {
  try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
}
