import Base
import Client
import Model
import Wire

/// The other ways a conversation might go from here, numbered as a person names them.
struct Branches {
  let siblings: [MessageSiblings.Sibling]
  private let shown: ULID

  /// Those beside a message: at most one page, which is more than anybody tells apart.
  init(beside message: ULID, _ client: BlockingClient) throws(ClientError) {
    shown = message
    siblings = try client.call(
      MessageSiblings.self, MessageSiblings.Params(message: message, limit: 200),
      timeout: Invocation.patience
    ).siblings
  }

  func tip(_ number: Int) -> ULID? {
    siblings.indices.contains(number - 1) ? siblings[number - 1].tip : nil
  }

  /// The one that is shown has a star.
  func table(_ out: Output) -> String {
    var table = Table(indent: "  ")
    for (index, sibling) in siblings.enumerated() {
      let text = sibling.message.text.speech.flattened
      table.row(
        "\(sibling.message.id == shown ? "*" : "")", "\(index + 1)",
        "\(text.fitted(to: 60))")
    }
    return table.text
  }
}
