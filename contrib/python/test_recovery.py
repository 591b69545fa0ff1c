#!/usr/bin/env python3
"""The recovery recipe against the real daemon: kill -9 at any moment, nothing acknowledged is lost, nothing is done twice.

    contrib/python/test_recovery.py COMPANIOND [ROUNDS]
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from companion import Companion  # noqa: E402


class Daemon:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.socket = f"{folder}/companiond.sock"
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--socket", self.socket, "--data", f"{self.folder}/data"],
            env={"HOME": self.folder, "SWIFT_BACKTRACE": "enable=no"},
            stderr=open(f"{self.folder}/log", "ab"))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


def main():
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    chance = random.Random(seed)
    print(f"seed {seed}, {rounds} rounds")
    folder = tempfile.mkdtemp(prefix="companion-recovery-")
    daemon = Daemon(program, folder)
    daemon.start()
    done = threading.Event()
    seen = []

    def watch():
        # A second client sees every state, or is told to look again.
        with Companion(daemon.socket, name="watcher") as client:
            client.subscribe(["settings"])
            ready.set()
            while not done.is_set():
                for topic, data in client.events(timeout=0.2):
                    if topic == "resync":
                        settings = client.call("settings.get")["settings"]
                        note(settings)
                    elif topic == "settings.changed":
                        note(data["settings"])

    def note(settings):
        # What was read may be newer than events that came before the reply: the revision tells.
        if not seen or settings["revision"] > seen[-1][0]:
            seen.append((settings["revision"], settings["user"]["name"]))

    ready = threading.Event()
    watcher = threading.Thread(target=watch)
    watcher.start()
    ready.wait(timeout=20)
    acknowledged = 0
    try:
        with Companion(daemon.socket, name="writer") as client:
            for round_number in range(rounds):
                timer = threading.Timer(chance.uniform(0, 0.05), lambda: (daemon.kill(), daemon.start()))
                timer.start()
                for _ in range(20):
                    acknowledged += 1
                    result = client.call("settings.set", {"user": {"name": f"n{acknowledged}"}})
                    # One revision a call: a call repeated after a kill has no second effect.
                    assert result["settings"]["revision"] == acknowledged, (result, acknowledged)
                timer.join()
            settings = client.call("settings.get")["settings"]
            assert settings["user"]["name"] == f"n{acknowledged}", settings
            assert client.call("storage.check")["ok"]
            deadline = time.monotonic() + 20
            while (not seen or seen[-1][0] != acknowledged) and time.monotonic() < deadline:
                time.sleep(0.02)
        done.set()
        watcher.join()
        assert seen and seen[-1] == (acknowledged, f"n{acknowledged}"), seen[-3:]
        assert all(name == f"n{revision}" for revision, name in seen)
        assert daemon.stop() == 0
        print(f"ok: {acknowledged} writes, {rounds} kills, {len(seen)} states seen")
    finally:
        done.set()
        if daemon.process.poll() is None:
            daemon.kill()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
