import Base
import Model

/// The large persona that was decoded last. A card with a book of a megabyte takes longer to decode than a turn to prepare, and every
/// turn of a chat reads the same one.
///
/// It is known by its bytes, so that nothing of it can be out of date. Readers on several threads share it.
enum LargePersonas {
  /// Smaller ones are decoded as quickly as they are compared.
  static let least = 32 << 10

  private struct Kept {
    let bytes: [UInt8]
    let persona: Persona
  }

  private static let kept = Lock<Kept?>(nil)

  static func persona(_ bytes: [UInt8]) throws(StoreError) -> Persona {
    guard bytes.count >= least else { return try decoded(bytes) }
    if let last = kept.withLock({ $0 }), last.bytes == bytes { return last.persona }
    let persona: Persona = try decoded(bytes)
    kept.withLock { $0 = Kept(bytes: bytes, persona: persona) }
    return persona
  }
}
