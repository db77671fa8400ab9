"""Where the programs of the durable section keep their data, and what they print."""
import contextlib, itertools, pathlib, shutil, tempfile

from .disk import sync_microseconds
from .engines import ENGINES
from .peers import Unavailable
from .postgres import USER, Postgres

# What was acknowledged is on the disk, as it is with SQLite.
POSTGRES = {"synchronous_commit": "on"}


class Places:
    """Fills in where a program keeps its data, from the words of its command: {folder}, an empty folder; {postgres}, an empty database; and the
    address of each of the engines. The servers stop when the stack is left."""

    def __init__(self, stack):
        self.stack, self.kept, self.numbers = stack, {}, itertools.count()

    def postgres(self):
        if "postgres" not in self.kept:
            self.kept["postgres"] = self.stack.enter_context(contextlib.closing(Postgres(**POSTGRES)))
        return self.kept["postgres"]

    def engine(self, name, stack):
        if name in self.kept:
            return self.kept[name]
        kind = ENGINES[name]
        started = (self.stack if kind.is_kept else stack).enter_context(contextlib.closing(kind()))
        if kind.is_kept:
            self.kept[name] = started
        return started

    @contextlib.contextmanager
    def of(self, words):
        """The values for the words, and the server, if there is one."""
        with contextlib.ExitStack() as stack:
            values, server = {}, None
            if mentions(words, "folder"):
                folder = tempfile.mkdtemp(prefix="roost-bench-")
                stack.callback(shutil.rmtree, folder, ignore_errors=True)
                values["folder"] = folder
            if mentions(words, "postgres"):
                server, name = self.postgres(), f"durable{next(self.numbers)}"
                server.ask(f"CREATE DATABASE {name}")
                values["postgres"] = f"postgresql://{USER}@127.0.0.1:{server.port}/{name}?sslmode=disable"
                stack.callback(server.ask, f"DROP DATABASE {name} WITH (FORCE)")
            for name in (each for each in ENGINES if mentions(words, each)):
                server = self.engine(name, stack)
                values[name] = server.address
            yield values, server


def mentions(words, name):
    return any("{" + name + "}" in word for word in words)


def rate(places, peer, words, seconds, **values):
    """A program prints `COUNT SECONDS PROCESSOR-SECONDS`, and more values of its own. Gives the rate, the processor µs of the program and of its server
    for each, those values, and the µs of an fdatasync: the mean of before and after."""
    with places.of(words) as (found, server):
        return rate_there(server, peer, words, seconds, **found, **values)


def rate_there(server, peer, words, seconds, **values):
    """The same, where its data is already."""
    synced, stored = sync_microseconds(), server.cpu_seconds() if server else 0
    count, took, used, *more = printed(3, peer, words, seconds, **values)
    if count < 1 or took <= 0:
        raise Unavailable("it did nothing")
    stored = server.cpu_seconds() - stored if server else 0
    return [count / took, used / count * 1e6, stored / count * 1e6, *more, (synced + sync_microseconds()) / 2]


def percentiles(places, peer, words, seconds):
    """A program prints a median and a 99th percentile in milliseconds. Gives both, and the µs of an fdatasync."""
    with places.of(words) as (found, _):
        synced = sync_microseconds()
        return [*printed(2, peer, words, seconds, **found), (synced + sync_microseconds()) / 2]


def printed(least, peer, words, seconds, **values):
    """The numbers that a program prints, at least so many."""
    output = peer.output(words, seconds + 60, seconds=seconds, **values)
    try:
        found = [float(word) for word in output.split()]
    except ValueError:
        found = []
    if len(found) < least:
        raise Unavailable(f"it prints {output[:200]!r}")
    return found
