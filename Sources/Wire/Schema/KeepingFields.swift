public import Model

// The words for what is kept and found again, as `ModelFields` has them for the rest.

extension SearchMatch: Documented {
  public static let fields = [
    "message": "As it is stored.",
    "excerpt": "The neighbourhood of the first match, as it stands in the text.",
    "from": "Where the excerpt begins in the message's text, in bytes of UTF-8.",
    "highlights": "Where the excerpt matches, in order.",
    "cut":
      "True when the message's parts hold more than 4 KiB of text and are left out; `chat.history` has them.",
  ]
}

extension SearchMatch.Highlight: Documented {
  public static let fields = [
    "from": "Its first byte in the excerpt's UTF-8.",
    "to": "The byte behind its last.",
  ]
}

extension TrashEntry: Documented {
  public static let fields = [
    "id": "Its id.",
    "kind": "What was deleted.",
    "item": "The id of what was deleted.",
    "title": "Its name, or how it begins.",
    "deletedAt": "When.",
    "purgeAt": "When it goes for good.",
  ]
}

extension UsageSum: Documented {
  public static let fields = [
    "name":
      "A model's name, a chat's id, a day such as `2026-11-21`, or a purpose: `reply`, `analysis` or `writing`.",
    "turns": "How many turns; for a purpose, how many requests.",
    "usage": "What they cost together; estimated when one of them is.",
  ]
}

extension VaultBackup: Documented {
  public static let fields = [
    "name": "The file's name, which tells the uid and the time.",
    "folder": "Where it lies.",
    "bytes": "How long it is.",
    "createdAt": "When it was made.",
  ]
}

extension BackupReport: Documented {
  public static let fields = [
    "backup": "Which one was read.",
    "ok": "Whether it can be restored.",
    "problems": "What is wrong with it, one sentence each.",
  ]
}
