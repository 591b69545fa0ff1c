import FoundationEssentials
import Glibc
import TestSupport

/// Small things done to files, each throwing what the kernel said.
func makeFolder(_ path: String, mode: UInt32, owner: UInt32? = nil) throws {
  try check(unsafe mkdir(path, mode), "mkdir \(path)")
  try check(unsafe chmod(path, mode), "chmod \(path)")
  if let owner { try check(unsafe chown(path, owner, owner), "chown \(path)") }
}

func setMode(_ mode: UInt32, of path: String) throws { try check(unsafe chmod(path, mode), "chmod \(path)") }

func setOwner(_ uid: UInt32, of path: String) throws {
  try check(unsafe chown(path, uid, uid), "chown \(path)")
}

func owner(of path: String) -> UInt32? {
  var status = stat()
  return unsafe lstat(path, &status) == 0 ? status.st_uid : nil
}

func makeLink(at path: String, to target: String) throws {
  try check(unsafe symlink(target, path), "symlink \(path)")
}

/// A second name for the same file.
func makeName(_ path: String, of file: String) throws { try check(unsafe link(file, path), "link \(path)") }

func move(_ path: String, to other: String) throws { try check(unsafe rename(path, other), "rename \(path)") }

func remove(_ path: String) throws { try check(unsafe unlink(path), "unlink \(path)") }

func mode(of path: String) -> UInt32? {
  var status = stat()
  return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}

func exists(_ path: String) -> Bool { mode(of: path) != nil }

func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

private func check(_ result: Int32, _ what: String) throws {
  if result != 0 { throw LineClient.Failure.system("\(what): error \(errno)") }
}

/// A file's bytes, changed in place.
struct FileBytes: ~Copyable {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw LineClient.Failure.system("open \(path): error \(errno)") }
  }

  deinit { close(descriptor) }

  func overwrite(at offset: Int, _ bytes: [UInt8]) throws {
    guard unsafe pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else {
      throw LineClient.Failure.system("pwrite: error \(errno)")
    }
  }

  func read(at offset: Int, _ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard unsafe pread(descriptor, &bytes, count, offset) == count else {
      throw LineClient.Failure.system("pread: error \(errno)")
    }
    return bytes
  }
}
