public import Base
public import FoundationEssentials
public import Model
public import Wire

/// What a client hears that is no reply to a call.
public enum News: Sendable {
  /// The daemon answered the greeting. `restarted` is nil the first time; true when it is not the same run of the daemon as
  /// before.
  case ready(Hello.Result, restarted: Bool?)
  /// The connection is gone and will be made again.
  case lost(ConnectionLoss)
  /// A subscription stands. Comes once for each; a subscription restored after a loss is not told again.
  case subscribed(SubscriptionToken, EventsSubscribe.Result)
  /// The daemon refuses a subscription; it is forgotten.
  case refused(SubscriptionToken, RPCError)
  case event(EventNotification.Params)
  /// A turn that is listened to moved on.
  case stream(StreamNews)
  /// A chat is followed, now or again after a lost connection: from here on nothing of it is missed, so this is the moment to
  /// read what came before.
  case following(ChatFollow.Result)
  /// The daemon refuses to have a chat followed; the wish is forgotten.
  case notFollowing(chat: ULID, RPCError)
  /// A notification other than these, for parts of the contract that this library does not interpret.
  case notification(method: String, params: Data)
  /// Events were lost: the daemon restarted, was too long away, or this client read too slowly. `.changes` follow with
  /// what is different now.
  case missed
  /// Rows that changed while events were missed; `isLast` ends the list.
  case changes([Change], isLast: Bool)
  /// What changed could not be learnt: read again whatever is shown.
  case changesUnknown(RPCError)
  /// The client has ended and will do nothing more.
  case closed(ClientError)
}

/// Names a call of a session until its reply is delivered.
public struct CallToken: Hashable, Sendable {
  let number: Int64
}

/// Names a subscription for as long as the session lives, whatever the daemon calls it on the connection of the moment.
public struct SubscriptionToken: Hashable, Sendable {
  let number: Int64
}

/// What to be told of.
public struct Interest: Hashable, Sendable {
  let params: EventsSubscribe.Params

  /// `topics` are prefixes in whole words; `[""]` is everything. `since` names where an earlier run of this program left off.
  public init(
    topics: [String], chats: [ULID]? = nil, companions: [ULID]? = nil, since: EventsSubscribe.Since? = nil
  ) {
    params = EventsSubscribe.Params(topics: topics, chats: chats, companions: companions, since: since)
  }

  func params(since: EventsSubscribe.Since?) -> EventsSubscribe.Params {
    var copy = params
    copy.since = since
    return copy
  }
}
