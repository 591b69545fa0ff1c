import Model
import Testing
import Wire

@Suite struct CatalogueTests {
  @Test func `methods, notifications and topics are sorted by name`() {
    for names in [
      Catalogue.methods.map { $0.name }, Catalogue.notifications.map { $0.name },
      Catalogue.topics.map { $0.name },
    ] {
      #expect(names == names.sorted())
      #expect(Set(names).count == names.count)
    }
  }

  /// A file is named for the type it declares; `Hello+Limits` holds a part of one.
  @Test func `the catalogue holds what the folders hold`() throws {
    func files(_ folder: String) throws -> [String] {
      try House.names(in: "Sources/Wire/\(folder)").map { String($0.dropLast(".swift".count)) }
    }
    let methods = Catalogue.methods.map { SchemaBook.name(of: $0) }
    #expect(methods.sorted() == (try files("Methods")).filter { !$0.contains("+") })
    #expect(Catalogue.notifications.map { SchemaBook.name(of: $0) }.sorted() == (try files("Notifications")))
    #expect(Catalogue.topics.map { SchemaBook.name(of: $0) }.sorted() == (try files("Topics")))
  }

  @Test func `every method says what it is about, in one line without a full stop`() {
    for method in Catalogue.methods {
      #expect(!method.summary.isEmpty && !method.summary.hasSuffix("."), "\(method.name)")
      #expect(!method.summary.contains("\n"), "\(method.name)")
      #expect(method.documentation.hasSuffix("."), "\(method.name)")
    }
  }

  @Test func `only methods that write take a key`() {
    #expect(
      Catalogue.methods.filter { $0.takesKey }.map { $0.name } == [
        "chat.archive", "chat.create", "chat.delete", "chat.import", "chat.read", "chat.select",
        "chat.title", "chat.update",
        "companion.archive", "companion.create", "companion.delete", "companion.enhance",
        "companion.generate", "companion.import", "companion.publish", "companion.update",
        "image.again", "image.collect", "image.delete", "image.edit", "image.illustrate", "image.imagine",
        "image.import", "image.portrait", "job.cancel", "job.retry",
        "message.add", "message.continue", "message.delete", "message.edit", "message.hide",
        "message.impersonate", "message.mark",
        "message.regenerate", "message.send", "settings.set", "state.set", "trash.purge", "trash.restore",
        "turn.retry",
      ])
  }

  @Test func `what runs the daemon needs the scope admin`() {
    let admin = Catalogue.methods.filter { $0.scope == .admin }.map { $0.name }
    #expect(
      admin == [
        "backup.create", "backup.list", "backup.verify", "config.reload", "config.show", "log.level",
        "metrics",
        "provider.probe", "server.stop", "storage.check",
      ])
  }

  @Test func `only ping and the cancelling calls overtake`() {
    #expect(
      Catalogue.methods.filter { $0.overtakes }.map { $0.name } == ["call.cancel", "ping", "turn.cancel"])
  }
}
