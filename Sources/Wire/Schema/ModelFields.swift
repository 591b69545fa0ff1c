public import Model

// The words for values that Model declares: Model knows nothing of documents.

extension Change: Documented {
  public static let fields = [
    "kind": "What kind of row, such as `settings` or `chat`.",
    "id": "Which one.",
    "change": "The vault's counter when it last changed.",
    "deleted": "True for a row that is gone.",
  ]
}

extension ChangePage: Documented {
  public static let fields = [
    "items": "The rows, by `change`.",
    "next": "Where to go on; absent when this was the last page.",
    "latest": "The vault's counter now.",
  ]
}

extension StorageStats: Documented {
  public static let fields = [
    "databaseBytes": "The database file.",
    "walBytes": "Its write-ahead log.",
    "freeBytes": "Room left on that file system for the daemon.",
    "schema": "The number of the last migration.",
    "change": "The vault's durable counter.",
    "rows": "Rows by table, exact.",
    "ballast": "False while the reserve for a full disk is used up and new writes are refused.",
  ]
}

extension StorageReport: Documented {
  public static let fields = [
    "ok": "Whether nothing is wrong, after any repair.",
    "problems": "What is wrong, one sentence each.",
    "repaired": "What was mended, one sentence each.",
  ]
}

extension Settings: Documented {
  public static let fields = [
    "user": "Who the person is to their companions.",
    "defaults": "What new chats begin with.",
    "reuse": "Whether what is changed in one chat becomes the default of the next.",
    "rating": "What companions may speak of and be pictured as; absent is `general`.",
    "revision": "Counts the edits; 0 before the first.",
    "change": "The vault's counter at the last edit.",
  ]
}

extension UserPersona: Documented {
  public static let fields = [
    "name": "What companions call the person.",
    "appearance": "How the person looks, for stories and pictures.",
    "overview": "What companions should know about the person.",
  ]
}

extension ChatSettings: Documented {
  public static let fields = [
    "model": "A model or a name for a list of them, such as `home/gemma`; absent is the configuration's.",
    "user": "Who the person is in this chat; absent is the owner's.",
    "illustrate": "When replies get pictures.",
    "maxTokens": "The longest reply, in tokens of visible text.",
    "sampling": "How the model chooses its words.",
    "note": "A line kept in front of the model.",
    "contextMessages": "How many messages of history the model sees.",
    "analysis": "How the scene is read out of replies.",
    "guards": "What is kept out of replies; everything of it, unless something is switched off here.",
    "scenario": "Where this chat takes place, up to 16 KiB; absent is the companion's own scenario.",
  ]
}

extension AnalysisSettings: Documented {
  public static let fields = [
    "every": "After every so many replies of a branch; 0 is off. What was passed over is read with the next.",
    "model": "Who reads: the model that wrote the reply (`chat`), or the configuration's `fast` one.",
  ]
}

extension ChatSettingsPatch: Documented {
  public static let fields = ChatSettings.fields
}

extension Sampling: Documented {
  public static let fields = [
    "temperature": "Higher is more surprising.",
    "topP": "Only the likeliest words that together reach this probability.",
    "topK": "Only so many of the likeliest words.",
    "minP": "Only words at least this likely, relative to the likeliest.",
    "repeatPenalty": "Above 1 discourages repetition.",
    "presence": "Discourages words that occurred.",
    "frequency": "Discourages words by how often they occurred.",
    "stop": "The reply ends before any of these.",
    "seed": "The same seed makes the same choices, where the provider can.",
    "extra": "Passed to the provider as it is.",
  ]
}

extension GuardSettings: Documented {
  public static let fields = [
    "name": "The companion's own name in front of a reply goes.",
    "person": "A reply ends where the model begins to speak for the person.",
    "boilerplate":
      "What models say of themselves in place of their part goes, but not where they are asked what they are.",
    "tags": "Elements and marks that are meant for programs go, outside of code.",
    "loops": "A reply that goes round in circles ends.",
    "length": "A reply that is far longer than `maxTokens` could be ends.",
  ]
}

extension AuthorNote: Documented {
  public static let fields = [
    "text": "The line.",
    "depth": "How many messages before the end it stands.",
    "role": "Who seems to say it.",
    "every": "With every so many of the person's lines; 0 is off.",
  ]
}
