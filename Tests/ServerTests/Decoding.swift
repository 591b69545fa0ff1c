import FoundationEssentials
import Model
import Wire

extension JSONText {
  static func parse(_ line: String) throws -> JSONValue {
    try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
  }
}

func decodeBase64(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

func encodeBase64(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }
