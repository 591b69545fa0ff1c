import Base

/// What a line that begins with a slash asks for.
enum ChatWord: String, CaseIterable {
  case regen, edit, `continue`, retry, branches, `switch`, delete, history, cancel, help, quit

  /// What may stand behind it.
  var takes: String {
    switch self {
    case .history: "[N]"
    case .regen: "[HOW]"
    case .edit: "TEXT"
    case .branches: "[mine]"
    case .switch: "N"
    default: ""
    }
  }

  var summary: String {
    switch self {
    case .regen: "another reply beside the last one; HOW tells the model what is wanted"
    case .edit: "say your last line in other words, on a branch of its own"
    case .continue: "let the last reply go on"
    case .retry: "try again what failed or was cut short"
    case .branches: "the replies beside the last one, or the wordings of your last line"
    case .switch: "go on from number N of /branches"
    case .delete: "move the last message to the trash"
    case .history: "print the last N messages again; 20 when absent"
    case .cancel: "stop the reply that is being written, as Ctrl-C does"
    case .help: "this list"
    case .quit: "leave, as Ctrl-D does; a reply that is being written goes on"
    }
  }

  /// Whether it may be done while a reply is being written.
  var isAlwaysPossible: Bool {
    switch self {
    case .history, .cancel, .help, .quit: true
    case .regen, .edit, .continue, .retry, .branches, .switch, .delete: false
    }
  }

  static var rows: [(String, String)] {
    allCases.map { ("/\($0.rawValue)\($0.takes.isEmpty ? "" : " ")\($0.takes)", $0.summary) }
      + [("//…", "a line that begins with a slash")]
  }
}

/// A line of the person's: something to say, or something to do.
enum ChatLine: Equatable {
  case nothing
  case say(String)
  case word(ChatWord, String)
  /// No such word; what it may have been meant to be.
  case unknown(String, meant: String?)

  init(_ line: String) {
    let text = line.trimmed
    guard text.hasPrefix("/"), !text.hasPrefix("//") else {
      let said = text.hasPrefix("//") ? String(text.dropFirst()) : text
      self = said.isEmpty ? .nothing : .say(said)
      return
    }
    let parts = text.dropFirst().split(separator: " ", maxSplits: 1).map(String.init)
    let name = parts.first ?? ""
    guard let word = ChatWord(rawValue: name) else {
      let known = ChatWord.allCases.map(\.rawValue)
      self = .unknown(name, meant: Suggestion.nearest(to: name, in: known))
      return
    }
    self = .word(word, parts.count == 2 ? parts[1].trimmed : "")
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
