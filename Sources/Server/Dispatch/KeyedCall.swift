import Base
package import Engine
import FoundationEssentials
import Model
package import Wire

/// A writing call's idempotency key and what it is compared by.
package struct KeyedCall<M: Method>: Sendable {
  /// nil when the caller gave no key: then nothing is remembered.
  package let key: String?
  /// SHA-256 of the parameters without `key`, `attach` and `wait`, members sorted.
  package let fingerprint: [UInt8]
  package let method = M.name

  private struct KeyOnly: Decodable { var key: String? }

  init(_ params: Data?, limits: Limits) throws(RPCError) {
    guard let params, Self.mayHoldKey(params) else {
      (key, fingerprint) = (nil, [])
      return
    }
    let key: String?
    do {
      key = try JSONDecoder().decode(KeyOnly.self, from: params).key
    } catch {
      throw .invalidParams(path: "params.key", expected: "string")
    }
    guard let key else {
      (self.key, fingerprint) = (nil, [])
      return
    }
    guard (1...limits.maxKeyBytes).contains(key.utf8.count) else {
      throw .invalidParams(path: "params.key", expected: "a string of 1 to \(limits.maxKeyBytes) bytes")
    }
    do {
      var members = try JSONDecoder().decode([String: JSONValue].self, from: params)
      for name in ["key", "attach", "wait"] { members[name] = nil }
      (self.key, fingerprint) = (key, SHA256.digest(try JSONText.encoder().encode(members)))
    } catch {
      throw .invalidParams(path: "params", expected: "an object of numbers that JSON can carry")
    }
  }

  /// Most calls carry none, and looking for the word costs less than decoding. With a backslash somewhere it may be written in other
  /// ways.
  static func mayHoldKey(_ params: Data) -> Bool {
    unsafe params.withUnsafeBytes { bytes in
      let quote = UInt8(ascii: "\"")
      for index in 0..<bytes.count {
        let byte = unsafe bytes[index]
        if byte == UInt8(ascii: "\\") { return true }
        // Its end rather than its beginning, so that every byte is looked at once.
        if byte == quote, index >= 4, unsafe bytes[index - 4] == quote,
          unsafe bytes[index - 3] == UInt8(ascii: "k"),
          unsafe bytes[index - 2] == UInt8(ascii: "e"), unsafe bytes[index - 1] == UInt8(ascii: "y")
        {
          return true
        }
      }
      return false
    }
  }

  /// What the vault is to remember in the commit of the effect: the result as it is sent the first time. nil without a key.
  package func recording<Value>(
    _ result: @escaping @Sendable (Value) -> M.Result
  ) -> Recording<Value>? {
    guard let key else { return nil }
    return Recording(key: key, method: method, fingerprint: fingerprint) { value in
      try M.bytes(of: result(value))
    }
  }

  /// The same result with `"replayed":true` added.
  static func markReplayed(_ object: [UInt8]) -> [UInt8] {
    var marked = object
    marked.removeLast()
    if marked.count > 1 { marked.append(UInt8(ascii: ",")) }
    marked.append(contentsOf: Array("\"replayed\":true}".utf8))
    return marked
  }
}
