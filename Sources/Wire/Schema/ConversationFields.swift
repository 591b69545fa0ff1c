public import Model

// The words for companions, chats, messages and turns, as `ModelFields` has them for the rest.

extension Persona: Documented {
  public static let fields = [
    "name": "What it is called.",
    "nickname": "What it is called among friends; where a card says `{{char}}` this stands.",
    "description": "Who it is.",
    "personality": "How it is.",
    "behaviour": "How it speaks and acts.",
    "appearance": "How it looks.",
    "defaultOutfit": "What it wears when nothing else is known.",
    "scenario": "Where a conversation begins.",
    "greetings": "Openings; a new chat begins with the first, and the others are its siblings.",
    "exampleDialogue": "How it talks, by example.",
    "systemPrompt": "Takes the place of the configured system prompt.",
    "postHistory": "Told to the model after the history.",
    "timezone": "Where it lives, as an IANA name.",
    "homeCity": "The town it lives in.",
    "occupation": "What it does all day.",
    "availability": "When it has time.",
    "age": "In years.",
    "imageStyle": "How its pictures are to look.",
    "creator": "Who made it.",
    "creatorNotes": "What the maker says to people, never to a model.",
    "lorebook": "A character book, as its card had it.",
    "extensions": "What other programs keep in the card; kept, never read.",
  ]
}

extension Persona.ImageStyle: Documented {
  public static let fields = [
    "prefix": "Stands before every prompt for a picture.",
    "negative": "What pictures are not to show.",
    "checkpoint": "The image model to use.",
    "seed": "A decimal string; the same seed gives the same picture, where the provider can.",
  ]
}

extension Companion: Documented {
  public static let fields = [
    "id": "Its id.",
    "handle": "A short name, unique among the owner's companions.",
    "name": "What it is called.",
    "revision": "Counts the edits.",
    "version": "The newest published version.",
    "tagline": "One line about it.",
    "portrait": "The picture of its face, by id.",
    "header": "The picture behind its name, by id.",
    "tags": "The owner's words for finding it.",
    "createdAt": "When it was made.",
    "updatedAt": "When it was edited last.",
    "archived": "Out of the usual lists.",
    "chats": "How many chats it has.",
    "lastMessageAt": "When the last message with it was written.",
    "change": "The vault's counter at its last commit.",
  ]
}

extension CompanionVersion: Documented {
  public static let fields = [
    "version": "Its number, from 1; 0 is the draft.",
    "published": "Whether it is frozen.",
    "note": "What its publisher said about it.",
    "persona": "Who the companion is in this version.",
    "roleplay": "The same in few words, for models.",
    "createdAt": "When it was made.",
  ]
}

extension CompanionVersion.Roleplay: Documented {
  public static let fields = [
    "appearance": "How it looks: short, with commas between.",
    "summary": "Who it is, as conversations are told.",
    "scenario": "Where a conversation begins.",
    "generatedBy":
      "The model that wrote this; `derived` for the card's own words, which hold while no model has; `owner` for what was "
      + "written by hand.",
    "at": "When.",
  ]
}

extension CompanionVersion.RoleplayEdit: Documented {
  public static let fields = [
    "appearance": "How it looks, at most 2 KiB.",
    "summary": "Who it is, at most 16 KiB.",
    "scenario": "Where a conversation begins, at most 16 KiB; an empty one leaves it to the persona's.",
  ]
}

extension Chat: Documented {
  public static let fields = [
    "id": "Its id.",
    "companion": "With whom, by id.",
    "version": "The companion's version it is pinned to; 0 is the draft.",
    "title": "`New chat` until it has a name.",
    "mode": "Whether it is a conversation or a story.",
    "settings": "What differs from the owner's defaults.",
    "revision": "Counts the edits of the chat itself, not its messages.",
    "head": "The tip of the last activity, by id; absent in an empty chat.",
    "messages": "How many there are, all branches together.",
    "unread": "How many replies were not read yet.",
    "turn": "The turn that generates here now, by id.",
    "createdAt": "When it was made.",
    "updatedAt": "When something last happened in it.",
    "archived": "Out of the usual lists.",
    "change": "The vault's counter at its last commit.",
  ]
}

extension Message: Documented {
  public static let fields = [
    "id": "Its id.",
    "chat": "The chat it belongs to, by id.",
    "parent": "The message before it, by id; absent for an opening.",
    "role": "Who speaks.",
    "author": "Who wrote it, where that is neither the owner nor the companion.",
    "companion": "The companion that speaks, by id.",
    "parts": "What it consists of.",
    "status": "`streaming` while it is written; `partial` when the writing broke off.",
    "finish": "How the writing ended.",
    "turn": "The turn that wrote it, by id.",
    "state": "The scene after it, where one is known.",
    "siblings": "Its place among the messages with the same parent.",
    "images": "Its pictures, by id.",
    "model": "The model that wrote it.",
    "usage": "What it cost.",
    "hidden": "Out of the prompt, not of the chat.",
    "mark": "A bookmark's name.",
    "editedAt": "When its text was replaced.",
    "createdAt": "When it was made.",
    "revision": "Counts the edits.",
    "change": "The vault's counter at its last commit.",
  ]
}

extension Message.Siblings: Documented {
  public static let fields = [
    "index": "Its place, counted from 0.",
    "count": "How many there are.",
  ]
}

extension SceneState: Documented {
  public static let fields = [
    "outfit": "What the companion wears or has taken off.",
    "location": "Where they are.",
    "action": "What the companion does.",
    "mood": "How it feels.",
    "affinity": "How fond it is of the person.",
    "variables": "What the card's macros have set, as of this message.",
    "at": "When the scene was last found out or set; absent where only variables have changed since.",
  ]
}

extension Garment: Documented {
  public static let fields = [
    "name": "What it is.",
    "slot": "Where it is worn.",
    "layer": "What lies under and over it.",
    "worn": "False once it is taken off.",
    "open": "Whether it is open, for what can be.",
  ]
}

extension Turn: Documented {
  public static let fields = [
    "id": "Its id.",
    "chat": "The chat it works in, by id.",
    "companion": "For whom it works, by id.",
    "kind": "What it is for.",
    "phase": "How far it is.",
    "replyId": "The id its reply has or would have.",
    "base": "Bytes of the text that were there before it wrote: a continued message's.",
    "next": "Bytes of the text now.",
    "retryOf": "The turn this one tries again, by id.",
    "startedAt": "When it began.",
    "endedAt": "When its reply ended.",
    "finish": "How its reply ended.",
    "error": "Why it failed.",
    "model": "The model that writes.",
    "result": "What turns bring that write no message.",
    "timing": "How long it took.",
    "usage": "What it cost.",
  ]
}

extension TurnError: Documented {
  public static let fields = [
    "code": "As of a call's error.",
    "message": "One sentence for a person.",
    "data": "`reason` and `retryable`, and what else the error tells.",
  ]
}

extension Timing: Documented {
  public static let fields = [
    "queuedMs": "Waiting for its place.",
    "firstTokenMs": "Until the first text; absent when there was none.",
    "totalMs": "Until the reply ended.",
  ]
}

extension Usage: Documented {
  public static let fields = [
    "promptTokens": "Read.",
    "completionTokens": "Written.",
    "cachedTokens": "Of those read, the ones the provider remembered.",
    "estimated": "True where the provider does not count and the daemon guessed.",
  ]
}
