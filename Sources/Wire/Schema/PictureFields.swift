public import Model

// The words for pictures and the jobs that make them, as `ModelFields` has them for the rest.

extension Image: Documented {
  public static let fields = [
    "id": "Its id.",
    "companion": "Whose it is, by id.",
    "chat": "The chat it belongs to, by id.",
    "message": "The message it belongs to, by id.",
    "kind": "What it is of, or where it comes from.",
    "path": "Its file, absolute; only for the user whose files the daemon's are.",
    "thumb": "A small one of at most 256 pixels a side, likewise.",
    "mime": "What the file is.",
    "width": "In pixels.",
    "height": "In pixels.",
    "bytes": "What the file weighs.",
    "originalBytes": "What it weighed as it came.",
    "prompt": "What it was asked for with.",
    "negative": "What it was not to show.",
    "params": "What else it was asked for with.",
    "provider": "Who made it.",
    "placeholder":
      "It stands for a picture that could not be made, or was drawn by a provider that only does such.",
    "seed": "In decimal; the same seed makes the same picture, where the provider can.",
    "description": "What a model saw in it.",
    "createdAt": "When it came.",
    "change": "The vault's counter at its last commit.",
  ]
}

extension ImageStats: Documented {
  public static let fields = [
    "images": "How many pictures.",
    "kinds": "How many of each kind there is.",
    "files": "How many files, thumbnails among them.",
    "bytes": "What all files weigh; the same content counts once.",
    "quota": "What they may weigh; absent where nothing is said.",
    "originalBytes": "What the pictures weighed as they came.",
  ]
}

extension ImageCollection: Documented {
  public static let fields = [
    "orphans": "Files that belong to no picture.",
    "orphanBytes": "What they weigh.",
    "removed": "How many of them are gone now.",
    "missing": "Pictures of which a file is not there, by id.",
  ]
}

extension Job: Documented {
  public static let fields = [
    "id": "Its id.",
    "kind": "What it makes.",
    "state": "`queued` also while it waits for another try.",
    "companion": "Whose picture it is to be, by id.",
    "chat": "The chat it belongs to, by id.",
    "message": "The message it belongs to, by id.",
    "progress": "From 0 to 1.",
    "step": "The provider's step now, where that is told.",
    "steps": "Of how many.",
    "ahead": "How many wait before it at the provider, where that is told.",
    "etaMs": "How long it may still take.",
    "attempts": "How often a provider was asked.",
    "nextTryAt": "When it is tried again.",
    "provider": "Who is asked.",
    "image": "What it came to, by id.",
    "error": "Why it failed, or why the try before did.",
    "priority": "The greater goes first among those of a chat.",
    "createdAt": "When it was asked for.",
    "startedAt": "When it began first.",
    "endedAt": "When it was over.",
    "change": "The vault's counter at its last commit.",
  ]
}
