"""Starts, watches and ends the processes of the shop."""
import collections, os, re, signal, subprocess, threading, time

from .peers import BENCH, Unavailable
from .processes import family

ADMIN = "a password for benchmarks"
IS_UP = re.compile(r"is up at http://127\.0\.0\.1:(\d+) ")


class Shop:
    """The shop on a free port. It stops when its standard input ends, so it never outlives this program."""

    def __init__(self, program, arguments, folder, more):
        self.lines, self.port = collections.deque(maxlen=20), None
        settings = {"DATA_DIR": folder, "PORT": "0", "ADMIN_PASSWORD": ADMIN, "ENVIRONMENT": "production", "LIFELINE": "1", **more}
        self.process = subprocess.Popen(
            [str(program), *arguments], cwd=BENCH.parent / "shop", env={**os.environ, **settings}, text=True, errors="replace",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self.pid, self.up = self.process.pid, threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        if not self.up.wait(60) or self.port is None:
            self.close()
            raise Unavailable(f"the shop does not start: {' | '.join(self.lines)}")

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if found := IS_UP.search(line):
                self.port = int(found[1])
                self.up.set()
        self.up.set()

    def close(self):
        """Asks it to stop; processes that are left after 25 seconds are killed by their identifiers."""
        members = family(self.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=25)
        except subprocess.TimeoutExpired:
            for member in members:
                try:
                    os.kill(member, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait()
        self.process.stdin.close()
