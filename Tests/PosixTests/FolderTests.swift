import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import Posix

/// Folders for one user alone, in places where somebody else may have been first.
@Suite struct FolderTests {
  private func mode(_ path: String) -> UInt32 {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func `makes a folder and its parents for us alone, and finds it again`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a/b/c")
    try Files.makePrivateFolder(path)
    for name in ["a", "a/b", "a/b/c"] { #expect(mode(folder.file(name)) == 0o700) }
    try Files.makePrivateFolder(path)
    try Files.makePrivateFolder(path + "/")
    try Files.makePrivateFolder(folder.file("d/"))
    #expect(mode(folder.file("d")) == 0o700)
  }

  @Test(arguments: [0o755, 0o750, 0o710, 0o701, 0o770, 0o704] as [UInt32])
  func `refuses a folder that others can enter`(_ mode: UInt32) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("open")
    #expect(unsafe mkdir(path, 0o700) == 0)
    #expect(unsafe chmod(path, mode) == 0)
    #expect(throws: Files.FolderProblem.open(path, mode: mode)) { try Files.makePrivateFolder(path) }
    #expect(Files.FolderProblem.open(path, mode: mode).description.contains("chmod 700 \(path)"))
    #expect(unsafe chmod(path, 0o700) == 0)
    try Files.makePrivateFolder(path)
  }

  @Test func `follows no link, and takes nothing else for a folder`() throws {
    let folder = try TemporaryFolder()
    try Files.makePrivateFolder(folder.file("real"))
    #expect(unsafe symlink(folder.file("real"), folder.file("link")) == 0)
    #expect(throws: Files.FolderProblem.notAFolder(folder.file("link"))) {
      try Files.makePrivateFolder(folder.file("link"))
    }
    #expect(unsafe symlink(folder.file("nowhere"), folder.file("dangling")) == 0)
    #expect(throws: Files.FolderProblem.notAFolder(folder.file("dangling"))) {
      try Files.makePrivateFolder(folder.file("dangling"))
    }
    try folder.write("", to: "file")
    #expect(throws: Files.FolderProblem.notAFolder(folder.file("file"))) {
      try Files.makePrivateFolder(folder.file("file"))
    }
  }

  @Test func `refuses a folder that belongs to somebody else`() throws {
    let folder = try TemporaryFolder()
    // Only root can give a folder away; anybody else meets root's own.
    var path = "/usr"
    var owner: UInt32 = 0
    if geteuid() == 0 {
      (path, owner) = (folder.file("theirs"), 12345)
      #expect(unsafe mkdir(path, 0o700) == 0)
      #expect(unsafe chown(path, owner, owner) == 0)
    }
    #expect(throws: Files.FolderProblem.foreign(path, uid: owner)) { try Files.makePrivateFolder(path) }
  }

  @Test func `says what the system says when a folder cannot be made`() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "file")
    #expect(throws: Files.FolderProblem.self) { try Files.makePrivateFolder(folder.file("file/below")) }
  }

  // MARK: Places

  private func places(_ environment: [String: String], owns: [String] = []) -> Places {
    Places(environment: environment, uid: 1234, home: "/home/mira") { path in owns.contains(path) }
  }

  @Test func `finds the socket where the contract says`() {
    #expect(places(["XDG_RUNTIME_DIR": "/run/x"]).socket == "/run/x/companion/companiond.sock")
    #expect(places([:], owns: ["/run/user/1234"]).socket == "/run/user/1234/companion/companiond.sock")
    #expect(places([:]).socket == "/tmp/companion-1234/companiond.sock")
    // Empty and relative ones count as not set.
    #expect(places(["XDG_RUNTIME_DIR": ""]).socket == "/tmp/companion-1234/companiond.sock")
    #expect(places(["XDG_RUNTIME_DIR": "run"]).socket == "/tmp/companion-1234/companiond.sock")
    let own = ["COMPANION_SOCKET": "/elsewhere/s", "XDG_RUNTIME_DIR": "/run/x"]
    #expect(places(own).socket == "/elsewhere/s")
    #expect(places(own).runtimeFolder == "/run/x/companion")
    #expect(places(["COMPANION_SOCKET": ""]).socket == "/tmp/companion-1234/companiond.sock")
    #expect(Places.systemSocket == "/run/companion/companiond.sock")
  }

  @Test func `finds data and configuration where the contract says`() {
    #expect(places([:]).dataFolder == "/home/mira/.local/share/companion")
    #expect(places(["XDG_DATA_HOME": "/d"]).dataFolder == "/d/companion")
    #expect(places(["XDG_DATA_HOME": "d"]).dataFolder == "/home/mira/.local/share/companion")
    #expect(places([:]).configFolder == "/home/mira/.config/companion")
    #expect(places(["XDG_CONFIG_HOME": "/c"]).configFolder == "/c/companion")
    #expect(Places(environment: ["HOME": "/h"], uid: 1).dataFolder == "/h/.local/share/companion")
    #expect(Places.systemData == "/var/lib/companion")
  }

  @Test func `takes the system's runtime folder only when it is ours`() throws {
    let here = Places(environment: [:])
    var status = stat()
    let run = "/run/user/\(getuid())"
    let isOurs =
      unsafe lstat(run, &status) == 0 && status.st_uid == getuid() && status.st_mode & S_IFMT == S_IFDIR
    #expect(here.runtimeFolder == (isOurs ? run + "/companion" : "/tmp/companion-\(getuid())"))
    #expect(Places(environment: [:], uid: 4_000_000).runtimeFolder == "/tmp/companion-4000000")
  }
}
