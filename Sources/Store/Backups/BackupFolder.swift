import Base
import Glibc
import Model

/// A folder with backups of one owner's vault, recognised by their names: what else lies there is nobody's business.
struct BackupFolder: Sendable {
  let path: String
  let owner: Owner

  private var prefix: String { "companion-\(owner.uid)-" }
  private static let suffix = ".db"

  /// The time is in the name, so that copying a backup elsewhere and back does not make it younger.
  func name(at time: Timestamp) -> String {
    prefix + time.description.replacing(":", with: "-") + Self.suffix
  }

  /// When the backup of that name was made; nil when it is not one of ours.
  func time(of name: String) -> Timestamp? {
    guard name.hasPrefix(prefix), name.hasSuffix(Self.suffix) else { return nil }
    var text = Array(name.dropFirst(prefix.count).dropLast(Self.suffix.count))
    guard text.count > 16, text[13] == "-", text[16] == "-" else { return nil }
    (text[13], text[16]) = (":", ":")
    return Timestamp(String(text))
  }

  /// The newest first; empty when there is no such folder.
  func backups() -> [VaultBackup] {
    names().compactMap { name -> VaultBackup? in
      guard let time = time(of: name), let bytes = Files.size(path + "/" + name) else { return nil }
      return VaultBackup(name: name, folder: path, bytes: bytes, createdAt: time)
    }.sorted { ($0.createdAt, $0.name) > ($1.createdAt, $1.name) }
  }

  /// Removes what is older than `oldest`, but never the newest of all: a clock that runs ahead must not leave nobody a
  /// backup. Halves that a crash left go as well; `busy` names those that are being made now.
  func tidy(before oldest: Timestamp, busy: Set<String>) -> [VaultBackup] {
    let old = backups().dropFirst().filter { $0.createdAt < oldest }
    let gone = old.filter { backup in unsafe unlink(path + "/" + backup.name) == 0 }
    for name in names() where name.hasPrefix(prefix) {
      guard let half = BackupFile.half(of: name), !busy.contains(half) else { continue }
      unsafe unlink(path + "/" + name)
    }
    return gone
  }

  private func names() -> [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      names.append(
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          unsafe String(cString: UnsafeRawPointer(pointer).assumingMemoryBound(to: CChar.self))
        })
    }
    return names
  }
}
