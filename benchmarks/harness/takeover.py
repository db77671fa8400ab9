"""How long a workflow stands still when the process that runs it is killed, or stopped: until another process begins the step again."""
import contextlib, select, signal, subprocess, time

from .disk import sync_microseconds
from .peers import Unavailable, last_line

# The other process has looked around when the first one is killed.
SETTLE_SECONDS = 1
LONGEST_SECONDS = 60


class Worker:
    """A process that says `ready`, and at which second of the monotonic clock it begins a step."""

    def __init__(self, command, folder):
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)

    def line(self):
        if not select.select([self.process.stdout], [], [], LONGEST_SECONDS)[0]:
            raise Unavailable(f"nothing happened within {LONGEST_SECONDS} s")
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise Unavailable(f"a worker ended: {last_line(self.process.stderr.read().decode())}")
        return line

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def takeover(places, peer, words, how):
    """The milliseconds from the signal to one process until the other one begins the step; and the µs of an fdatasync."""
    with places.of(words) as (values, _), contextlib.ExitStack() as stack:
        command = peer.command(words, **values)
        first = stack.enter_context(contextlib.closing(Worker([*command, "--start", "run"], peer.folder)))
        first.line(), first.line()
        second = stack.enter_context(contextlib.closing(Worker(command, peer.folder)))
        second.line()
        time.sleep(SETTLE_SECONDS)
        synced, killed = sync_microseconds(), time.monotonic()
        first.process.send_signal(getattr(signal, how))
        return [(float(second.line()) - killed) * 1000, synced]
