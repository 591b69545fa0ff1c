import Base

/// The parts of the protocol page that no declaration carries: how lines travel, and what holds for every call.
enum ProtocolRules {
  static func text(_ limits: Limits) -> String {
    """
    # The wire contract of companiond

    Protocol 1. This page is made from the declarations in `Sources/Wire`; the running daemon gives the same as an OpenRPC \
    document: `companionctl discover`, or the method `rpc.discover`. Do not edit it by hand: the test that finds it stale \
    says how to make it anew.

    ## Transport

    - A Unix stream socket, no TCP. Per user: `$XDG_RUNTIME_DIR/companion/companiond.sock`; without that variable \
    `/run/user/UID/companion/` where `/run/user/UID` is there and ours, else `/tmp/companion-UID/`. System-wide: \
    `/run/companion/companiond.sock`. `COMPANION_SOCKET` overrides it on both sides; `companionctl status` prints it.
    - One JSON text a line, in UTF-8 without a byte-order mark, ended by LF. CRLF is read too; blank lines are ignored. \
    Invalid UTF-8, an envelope member named twice, or nesting over \(limits.maxDepth) is a `parse_error`, and the \
    connection lives on.
    - No line in either direction has more than \(limits.maxLineBytes) bytes. A longer one is answered with `line_too_long`, \
    thrown away up to its LF, and the connection lives on. Larger things travel in pieces: `upload.begin` and \
    `upload.write`, `download.read`.
    - JSON-RPC 2.0: requests, notifications, and batches of 1 to \(limits.maxBatch) entries. In a batch notifications have \
    no entry in the reply, and a batch of notifications alone has no reply. A batch is a convenience, not a transaction.
    - An `id` is a string of at most \(limits.maxIDBytes) bytes or an integer within 53 bits; `"1"` and `1` differ. An id \
    whose call still runs on the connection is answered with `duplicate_id` and the id `null`; the first call goes on.
    - `params` is an object, or left out. Unknown members are ignored. Integers fit 53 bits.
    - Calls of one connection start in the order in which they arrive, and may end in any order. At most \
    \(limits.maxRunningCalls) run at once; later ones wait.
    - The reply to a call comes before any notification that the call caused.
    - The daemon stops reading a connection while \(limits.maxWaitingBytes) bytes of its calls wait or \
    \(limits.maxUnreadBytes) bytes of its replies are unread, and reads on when half of them are gone. Nobody is cut for \
    being slow.
    - After a half-close the daemon goes on writing until nothing more can come. Before it closes a connection of its own \
    accord it sends `server.closing`.

    ## Who you are

    The kernel tells the daemon the uid of its peer, and every uid has a vault of its own. A per-user daemon serves its own uid \
    only. The scope `admin` belongs to root and to the daemon's own user.

    ## Calls that write

    Methods that write take `key`, a string of 1 to \(limits.maxKeyBytes) characters. The same key, owner and method within \
    24 hours answers what the first success answered, with `replayed: true` beside it, and has no second effect; with other \
    parameters it is a `conflict`. So a client that lost its connection sends an unanswered call again with the same key.

    ## Coming back

    On end of file or `server.closing` reconnect at once, then after 50 ms, doubling to 2 s. Say `hello`: with the same `boot` \
    go on by `events.subscribe` with `since`; otherwise ask `sync.changes` for what is newer than the `change` you last \
    saw.

    ## Values in general

    Identifiers are ULIDs of 26 characters, times are RFC 3339 in UTC with milliseconds. Absent means not set. What can be \
    edited has a `revision`, and an edit may carry `ifRevision`. Lists take `limit` (\(limits.pageDefault), at most \
    \(limits.pageMaximum)).
    """
  }

  static let errors = """
    ## Errors

    `error` is `{code, message, data}`: `message` is one sentence for a person, `data.reason` the stable word for programs, and \
    `data.retryable` tells whether the same call may succeed later. Any line may be answered with those of -32700 to -32600, \
    any call with `method_not_found`, `internal`, `cancelled` and `stopping`.
    """

  static let topics = """
    ## Topics

    What an `event` is about, and what its `data` holds. Subscribe with `events.subscribe`.
    """
}
