"""The database section: servers over PostgreSQL and SQLite, drivers alone, COPY, and Redis.

Gives `{"kind": {"name": [[value, processor µs of the program, processor µs of PostgreSQL], …]}}`, a value each round.
A program that has no command of a kind takes no part in it.
"""
import contextlib, itertools, pathlib, tempfile

from . import data_check
from .data_programs import Copying, commit, drive, keep
from .http_load import wrk
from .peers import DATA_ROUTES, Unavailable
from .postgres import Postgres
from .processes import start_all
from .redis import Redis
from .sections import Samples, turns
from .sqlite_file import SQLiteFile

CONNECTIONS = 64
CALLERS = {"row": (1, 16, 64), "transaction": (16,)}


def data(peers, rounds, seconds, skipped, notes):
    samples = Samples(skipped)
    with contextlib.closing(Postgres()) as database:
        notes["data"] = database.described
        servers(peers, database, rounds, seconds, samples)
        drivers(peers, database, rounds, seconds, samples)
        copies(peers, database, rounds, samples)
    files(peers, rounds, seconds, samples)
    stores(peers, rounds, seconds, samples)
    return samples.found


def servers(peers, database, rounds, seconds, samples):
    with contextlib.ExitStack() as stack:
        running = start_all(
            stack, peers, "data", lambda server: data_check.check(server, database), samples.skipped, database=database.url)
        for server in running:
            warm(server)
        for order in turns(running, rounds):
            for route in DATA_ROUTES:
                for server in (each for each in order if route in each.peer.data_routes):
                    samples.take(route, server.peer.name, lambda: load(server, route, seconds, database))


def warm(server):
    """Every connection of its pool is open before the first measurement."""
    with contextlib.suppress(Unavailable):
        wrk(server.port, data_check.ROUTES["/row"], 1, CONNECTIONS)


def load(server, route, seconds, database):
    path = data_check.second_page(server.port) if route == "/products" else data_check.ROUTES[route]
    before, stored = server.cpu_seconds(), database.cpu_seconds()
    rate, count = wrk(server.port, path, seconds, CONNECTIONS)
    return [rate, (server.cpu_seconds() - before) / count * 1e6, (database.cpu_seconds() - stored) / count * 1e6]


def programs(peers, kind):
    return [(name, peer, words) for peer in peers for name, words in getattr(peer, kind).items()]


def drivers(peers, database, rounds, seconds, samples):
    """Programs without HTTP: eight connections, and so many callers at a time."""
    for order in turns(programs(peers, "driver"), rounds):
        for work, counts in CALLERS.items():
            for callers in counts:
                for name, peer, words in order:
                    samples.take(f"driver: {work}, {callers}", name, lambda: drive(peer, words, database, work, callers, seconds))


def copies(peers, database, rounds, samples):
    """A million rows into an empty table, and out of it."""
    found = programs(peers, "copy")
    if not found:
        return
    with Copying(database) as copying:
        for order in turns(found, rounds):
            for name, peer, words in order:
                samples.take("copy in", name, lambda: copying.copy_in(peer, words))
                samples.take("copy out", name, lambda: copying.copy_out(peer, words))


def files(peers, rounds, seconds, samples):
    """An SQLite file in WAL mode: a row by its key over HTTP, and durable transactions by programs without a server."""
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder, contextlib.ExitStack() as stack:
        database = SQLiteFile(pathlib.Path(folder) / "bench.db")
        running = start_all(
            stack, peers, "sqlite", lambda server: data_check.check_route(server, "/row", database), samples.skipped,
            database=f"sqlite:{database.file}")
        for order in turns(running, rounds):
            for server in order:
                samples.take("SQLite /row", server.peer.name, lambda: load_file(server, seconds))
        for order in turns(programs(peers, "file"), rounds):
            for name, peer, words in order:
                samples.take("SQLite transactions", name, lambda: commit(peer, words, database, seconds))


def load_file(server, seconds):
    before = server.cpu_seconds()
    rate, count = wrk(server.port, "/row", seconds, CONNECTIONS)
    return [rate, (server.cpu_seconds() - before) / count * 1e6]


def stores(peers, rounds, seconds, samples):
    found = programs(peers, "store")
    if not found:
        return
    with contextlib.closing(Redis()) as redis:
        for order in turns(found, rounds):
            for work, callers in itertools.product(("get", "set"), (1, 64)):
                for name, peer, words in order:
                    samples.take(f"Redis {work}, {callers}", name, lambda: keep(peer, words, redis, work, callers, seconds))
