"""What is measured between two processes of ours: how long a workflow stands still when the process that runs it is killed or stopped, and how long an
event takes from one process to the other."""
import contextlib, os, select, signal, subprocess, time

from .disk import sync_microseconds
from .peers import Unavailable, last_line
from .processes import cpu_seconds

# The other process has looked around when the first one is killed.
SETTLE_SECONDS = 1
LONGEST_SECONDS = 60
IDLE_SECONDS = 5


class Worker:
    """A process that prints a line when something happens."""

    def __init__(self, peer, words, values, *more):
        self.process = subprocess.Popen(
            [*peer.command(words, **values), *more], cwd=peer.folder, env=peer.surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)

    def line(self):
        if not select.select([self.process.stdout], [], [], LONGEST_SECONDS)[0]:
            raise Unavailable(f"nothing happened within {LONGEST_SECONDS} s")
        line = self.process.stdout.readline().decode().strip()
        if not line:
            raise Unavailable(f"a worker ended: {last_line(self.process.stderr.read().decode(errors='replace'))}")
        return line

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


def takeover(places, peer, words, how):
    """The milliseconds from the signal to one process until another one begins the step; and the µs of an fdatasync."""
    with places.of(words) as (values, _), contextlib.ExitStack() as stack:
        first = stack.enter_context(contextlib.closing(Worker(peer, words, values, "--start", "run")))
        first.line(), first.line()
        second = stack.enter_context(contextlib.closing(Worker(peer, words, values)))
        second.line()
        time.sleep(SETTLE_SECONDS)
        synced, killed = sync_microseconds(), time.monotonic()
        os.kill(first.process.pid, getattr(signal, how))
        return [(float(second.line()) - killed) * 1000, synced]


def relay(places, peer, words):
    """The median and the 99th percentile of the milliseconds from a transaction that publishes an event to its handler in another process, the processor
    time of both when nothing happens, in percent of a core, and the µs of an fdatasync."""
    with places.of(words) as (values, _), contextlib.ExitStack() as stack:
        synced = sync_microseconds()
        handler = stack.enter_context(contextlib.closing(Worker(peer, words, values, "--handle")))
        handler.line()
        publisher = stack.enter_context(contextlib.closing(Worker(peer, words, values)))
        publisher.line(), publisher.line()
        median, p99 = map(float, handler.line().split())
        time.sleep(SETTLE_SECONDS)
        workers = (handler.process.pid, publisher.process.pid)
        used, began = sum(map(cpu_seconds, workers)), time.monotonic()
        time.sleep(IDLE_SECONDS)
        return [median, p99, (sum(map(cpu_seconds, workers)) - used) / (time.monotonic() - began) * 100, synced]
