import Posix
import Wire

/// What `hello` tells a client that this daemon can do. A word is told when the methods that do it are there, so that no list is
/// forgotten when a method comes.
@Loop
enum Features {
  /// By the first word of a method's name. The process's own affairs, which every daemon has, are none.
  private static let words = [
    "backup": "backups", "chat": "chats", "companion": "companions", "download": "transfers",
    "events": "events", "image": "pictures", "job": "pictures", "message": "messages", "model": "models",
    "prompt": "prompts",
    "settings": "settings", "state": "scenes", "storage": "storage", "sync": "sync", "trash": "trash",
    "turn": "turns", "upload": "transfers", "usage": "usage",
  ]
  /// Those that only some methods of a kind make up.
  private static let single = [
    "chat.export": "chatFiles", "chat.follow": "follow", "companion.import": "cards", "chat.search": "search",
    "message.continue": "continue",
  ]
  /// What belongs to every daemon.
  nonisolated static let everywhere: Set<String> = ["call", "config", "log", "provider", "rpc", "server"]

  /// In alphabetical order.
  static func told(by routes: RouteTable) -> [String] {
    var told: Set<String> = []
    for route in routes.routes {
      if let word = word(for: route.name) { told.insert(word) }
      if let word = single[route.name] { told.insert(word) }
    }
    return told.sorted()
  }

  /// The word for a method's kind; nil where there is none.
  static func word(for method: String) -> String? {
    method.split(separator: ".").first.flatMap { words[String($0)] }
  }
}
