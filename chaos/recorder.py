"""usage: python -m chaos.recorder URL FILE

A group of a run's own on its broker, which writes every event into a file with the table that the embedded log has. It begins before anything is
published, and goes on until it is killed.
"""
import contextlib
import json
import sqlite3
import subprocess
import sys

from chaos import amqp, kafka, processes
from chaos.shop import ROOT

READY = "recorder: ready"
TABLES = """
    CREATE TABLE IF NOT EXISTS roost_events (
        position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, lane TEXT NOT NULL, topic TEXT NOT NULL,
        audience TEXT NOT NULL DEFAULT '', data BLOB, event_key TEXT NOT NULL, place TEXT NOT NULL,
        attributes TEXT NOT NULL, copies INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE IF NOT EXISTS disorder (reason TEXT NOT NULL);"""


def wire(url):
    """The module for the broker of a URL."""
    return amqp if url.startswith("amqp:") else kafka


class Recording:
    """The file with the events. One that comes again is counted and not recorded again."""

    def __init__(self, path):
        self._connection = sqlite3.connect(path, isolation_level=None)
        # The file has to outlive no power cut.
        self._connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + TABLES)
        self._numbers = {}  # of the events of each key, in the order in which they came for the first time
        self._last = {}  # the number of the event of each key that came last

    def add(self, message):
        """Records a message before it is acknowledged."""
        self._check_order(message)
        self._connection.execute(
            "INSERT INTO roost_events (id, lane, topic, data, event_key, place, attributes) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET copies = copies + 1",
            (message.id, message.lane, message.topic, message.body if message.is_event else None, message.key, message.place,
             json.dumps(message.attributes)))

    def _check_order(self, message):
        """A broker that delivers again begins with an earlier event of the key, and goes on with each that followed it."""
        numbers = self._numbers.setdefault(message.key, {})
        number = numbers.setdefault(message.id, len(numbers))
        last = self._last.get(message.key, -1)
        if number > last + 1:
            reason = f"event {message.id} of the key {message.key} came again before one that it had followed"
            self._connection.execute("INSERT INTO disorder VALUES (?)", (reason,))
        self._last[message.key] = number

    def close(self):
        self._connection.close()


class Recorder:
    """The recorder of a run, as a process. At the end of the context it is killed."""

    def __init__(self, url, folder):
        self.path = folder / "recorded.db"
        self._log = folder / "recorder.log"
        self._command = [sys.executable, "-m", "chaos.recorder", url, str(self.path)]
        self._process = None

    def start(self):
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        processes.wait_for(self._is_ready, 60, "the recorder is ready")

    def _is_ready(self):
        text = self._log.read_text(encoding="utf-8", errors="replace")
        if self._process.poll() is not None:
            raise RuntimeError(f"the recorder has ended:\n{text[-2000:]}")
        return READY in text

    def stop(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()


def main():
    url, path = sys.argv[1:]
    with contextlib.closing(Recording(path)) as recording:
        wire(url).consume(url, recording.add, lambda: print(READY, flush=True))


if __name__ == "__main__":
    main()
