import Glibc
import TestSupport
import Testing

/// Models, from a person's side.
@Suite(.enabled(if: DaemonFixture.isBuilt)) struct ModelCommandTests {
  @Test func `models are listed, with the one that answers, and tried`() throws {
    let stage = try Stage()
    let list = try stage.run("models")
    #expect(list.status == 0, "\(list.err)")
    #expect(list.out.contains("*  home/m"))
    #expect(try stage.run("--json", "models").out.contains("\"default\":\"home/m\""))
    stage.answer(.text("Ready.\u{1B}"))
    let tested = try stage.run("models", "test", "home/m")
    #expect(tested.out.hasPrefix("Ready.\nhome/m answered: "), "\(tested.err)")
    #expect(try stage.run("models", "test", "nowhere/m").status == 1)
  }

  @Test func `setup never writes over a configuration`() throws {
    let stage = try Stage()
    let before = try String(contentsOfFile: stage.daemon.config)
    // With a server on this machine it is refused, since this daemon reads another file; without one there is nothing to write.
    #expect(try stage.run("setup").status == 1)
    #expect(try String(contentsOfFile: stage.daemon.config) == before)
  }
}

extension String {
  fileprivate init(contentsOfFile path: String) throws {
    let outcome = try ChildProgram.run("/bin/cat", [path])
    self = outcome.out
  }
}
