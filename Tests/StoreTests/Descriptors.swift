import Glibc
import Testing

/// Replaces what the process has open under a path for writing by a device, so that real system calls really fail:
/// `/dev/full` answers writes with ENOSPC; `/dev/null` takes writes and answers syncs with EINVAL.
func replaceWritableDescriptors(of path: String, by device: String) -> Int {
  let target = unsafe open(device, O_RDWR)
  defer { close(target) }
  var replaced = 0
  for descriptor in descriptors(of: path) {
    guard fcntl(descriptor, F_GETFL) & O_ACCMODE == O_RDWR else { continue }
    if dup2(target, descriptor) == descriptor { replaced += 1 }
  }
  return replaced
}

/// How many times the process has a file open.
func openDescriptors(of path: String) -> Int { descriptors(of: path).count }

private func descriptors(of path: String) -> [Int32] {
  (Int32(3)..<1024).filter { descriptor in
    var name = [CChar](repeating: 0, count: 4096)
    let count = unsafe readlink("/proc/self/fd/\(descriptor)", &name, name.count)
    return count > 0
      && String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) == path
  }
}
