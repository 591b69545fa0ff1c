import Model
import Testing
import Wire

@Suite struct DocumentedTests {
  /// All types of the contract, those inside others included.
  private func book() -> (book: SchemaBook, outer: [(String, [SchemaBook.Member])]) {
    let book = SchemaBook()
    var outer: [(String, [SchemaBook.Member])] = []
    for method in Catalogue.methods {
      func add<M: Method>(_ method: M.Type) {
        outer.append((M.name + " params", book.members(of: M.Params.self)))
        outer.append((M.name + " result", book.members(of: M.Result.self)))
      }
      add(method)
    }
    for kind in Catalogue.notifications {
      func add<N: Notification>(_ kind: N.Type) { outer.append((N.name, book.members(of: N.Params.self))) }
      add(kind)
    }
    for topic in Catalogue.topics {
      func add<T: Topic>(_ topic: T.Type) { outer.append((T.name, book.members(of: T.Payload.self))) }
      add(topic)
    }
    _ = book.schema(of: LargeResult.self)
    return (book, outer)
  }

  @Test func `every member of every type has a text`() {
    let (book, outer) = book()
    let all = outer + book.membersByName.map { ($0.key, $0.value) }
    #expect(all.count > 30)
    for (place, members) in all {
      for member in members { #expect(member.text?.isEmpty == false, "\(place).\(member.name)") }
    }
  }

  @Test func `no text is about a member that does not exist`() {
    let (book, _) = book()
    #expect(book.strayTexts == [])
  }

  @Test func `texts are sentences`() {
    let (book, outer) = book()
    for (place, members) in outer + book.membersByName.map({ ($0.key, $0.value) }) {
      for member in members {
        #expect(member.text?.hasSuffix(".") == true, "\(place).\(member.name)")
        #expect(member.text?.contains("\n") == false, "\(place).\(member.name)")
      }
    }
  }

  @Test func `a stray or missing text is noticed`() {
    struct Careless: Codable, Documented {
      var told: String
      var untold: Int?
      static let fields = ["told": "There.", "gone": "Not there."]
    }
    let book = SchemaBook()
    let members = book.members(of: Careless.self)
    #expect(members.map(\.text) == ["There.", nil])
    #expect(book.strayTexts.count == 1 && book.strayTexts[0].hasSuffix(".gone"))
  }
}
