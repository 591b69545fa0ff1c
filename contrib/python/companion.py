"""A client of companiond in one file, with nothing but Python's own library.

    from companion import Companion
    with Companion() as daemon:
        print(daemon.call("status")["server"])
        daemon.subscribe(["settings"])
        for topic, data in daemon.events():
            print(topic, data)

It does what every long-lived client has to do: when the connection ends it connects again, at once and then after 50 ms
doubling to 2 s; it goes on with its subscriptions where it was when the daemon is the same one, and asks what has
changed when it is another; and it repeats calls that had no reply, the writing ones with the same key, so that nothing is done twice.
"""

import collections
import json
import os
import socket
import time
import uuid


class DaemonError(Exception):
    """The daemon said no: `code` and `reason` are for programs, the text is for people."""

    def __init__(self, error):
        super().__init__(error.get("message", "the daemon gave no reason"))
        self.code = error.get("code")
        self.data = error.get("data", {})
        self.reason = self.data.get("reason")


class ConnectionLost(Exception):
    """The connection ended before the reply came."""


def socket_path():
    """Where the daemon listens, by the rule every client shares."""
    if os.environ.get("COMPANION_SOCKET"):
        return os.environ["COMPANION_SOCKET"]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/"):
        return f"{runtime}/companion/companiond.sock"
    mine = f"/run/user/{os.getuid()}"
    if os.path.isdir(mine) and not os.path.islink(mine) and os.stat(mine).st_uid == os.getuid():
        return f"{mine}/companion/companiond.sock"
    return f"/tmp/companion-{os.getuid()}/companiond.sock"


class Companion:
    #: Longest line the daemon sends; one beyond it is not the daemon speaking.
    MAX_LINE = 8 << 20

    def __init__(self, path=None, name="companion.py", patience=30.0):
        self.path = path or socket_path()
        self.name = name
        #: Seconds after which a daemon that cannot be reached is given up; None never does.
        self.patience = patience
        self._socket = None
        self._buffer = b""
        self._next_id = 1
        self._notifications = collections.deque()
        self._subscriptions = []
        self.boot = None
        self.seq = 0
        self.change = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._socket:
            self._socket.close()
        self._socket = None

    # --- Calls

    def call(self, method, params=None, writes=None, timeout=60.0):
        """The result of a call. A call that writes is given a key, so that repeating it is safe."""
        params = dict(params or {})
        if writes if writes is not None else method.split(".")[-1] in WRITING:
            params.setdefault("key", str(uuid.uuid4()))
        deadline = time.monotonic() + timeout
        while True:
            self._connect()
            try:
                return self._fetch(self._call_once(method, params, deadline))
            except DaemonError as error:
                # The daemon is on its way out: the next one answers.
                if error.reason != "stopping":
                    raise
                self._drop()
            except (ConnectionLost, OSError):
                self._drop()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{method} had no reply in {timeout:g} s")

    def _call_once(self, method, params, deadline):
        number = self._next_id
        self._next_id += 1
        request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            message = self._read(deadline)
            if "method" in message:
                self._take(message)
            elif message.get("id") == number:
                if "error" in message:
                    raise DaemonError(message["error"])
                return message["result"]

    def _fetch(self, result):
        """A result that did not fit into a line is read in pieces."""
        if not (isinstance(result, dict) and set(result) == {"download", "bytes"}):
            return result
        import base64

        whole, offset = b"", 0
        while offset is not None:
            piece = self.call("download.read", {"download": result["download"], "offset": offset})
            whole += base64.b64decode(piece["data"])
            offset = piece.get("next")
        return json.loads(whole)

    # --- Events

    def subscribe(self, topics):
        """Asks for events; from now on `events` gives them, over restarts of the daemon too."""
        self._subscriptions.append(list(topics))
        fresh = self._socket is None
        self._connect()
        if not fresh:
            self._begin(topics, None)

    def events(self, timeout=None):
        """Gives (topic, data) as they come. After a restart (`resync`, items) tells what changed meanwhile."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            while self._notifications:
                yield self._notifications.popleft()
            self._connect()
            try:
                message = self._read(deadline)
            except TimeoutError:
                return
            except (ConnectionLost, OSError):
                self._drop()
                continue
            if "method" in message:
                self._take(message)

    def _take(self, message):
        params = message.get("params", {})
        if message["method"] == "event":
            self.seq = max(self.seq, params["seq"])
            if params["topic"] == "server.lost":
                self._catch_up()
            else:
                self.change = max(self.change, params["data"].get("change", 0))
                self._notifications.append((params["topic"], params["data"]))
        elif message["method"] != "server.closing":
            self._notifications.append((message["method"], params))

    def _begin(self, topics, since):
        params = {"topics": topics}
        if since:
            params["since"] = since
        answer = self._call_once("events.subscribe", params, time.monotonic() + 60)
        if since is None:
            self.seq = max(self.seq, answer["seq"])
        return answer["missed"]

    def _catch_up(self):
        """What changed since the last change seen, page by page."""
        items = []
        while True:
            page = self._call_once("sync.changes", {"since": self.change}, time.monotonic() + 60)
            items += page["items"]
            self.change = page.get("next", page["latest"])
            if "next" not in page:
                break
        if items:
            self._notifications.append(("resync", items))

    # --- The connection

    def _connect(self):
        if self._socket:
            return
        begun, pause = time.monotonic(), 0.0
        while True:
            try:
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                connection.connect(self.path)
                self._socket, self._buffer = connection, b""
                return self._greet()
            except (OSError, ConnectionLost):
                self._drop()
                if self.patience is not None and time.monotonic() - begun > self.patience:
                    raise
            time.sleep(pause)
            pause = min(2.0, pause * 2 or 0.05)

    def _greet(self):
        answer = self._call_once("hello", {"client": {"name": self.name}}, time.monotonic() + 60)
        known, self.boot = self.boot, answer["boot"]
        if known is None:
            self.change = answer["change"]
        same = known == self.boot
        missed = False
        if not same:
            self.seq = 0
        for topics in self._subscriptions:
            since = {"boot": self.boot, "seq": self.seq} if same else None
            missed = self._begin(topics, since) or missed
        if known is not None and (not same or missed):
            self._catch_up()

    def _drop(self):
        self.close()

    def _read(self, deadline):
        while b"\n" not in self._buffer:
            if len(self._buffer) > self.MAX_LINE:
                raise ConnectionLost("a line without end")
            rest = None if deadline is None else deadline - time.monotonic()
            if rest is not None and rest <= 0:
                raise TimeoutError("no line in time")
            self._socket.settimeout(rest)
            try:
                piece = self._socket.recv(65536)
            except socket.timeout:
                raise TimeoutError("no line in time") from None
            if not piece:
                raise ConnectionLost("the daemon closed the connection")
            self._buffer += piece
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)


#: Last words of methods that write; `rpc.discover` tells them all under `x-access`.
WRITING = {"set", "create", "update", "delete", "send", "edit", "regenerate", "publish", "archive"}
