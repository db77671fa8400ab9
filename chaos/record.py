"""Records of a run: lines of JSON, appended as things happen."""
import json
import threading
import time


class Record:
    """A file to which any thread appends one JSON object a line, each written at once."""

    def __init__(self, path):
        self._file = open(path, "a", buffering=1, encoding="utf-8")
        self._lock = threading.Lock()

    def add(self, what, **values):
        line = json.dumps({"what": what, "at": round(time.time(), 3), **values}, ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")

    def close(self):
        self._file.close()
