"""What docs/scaling-data.md says in figures: connections, poolers, partitions, and what a commit waits for. `pgbench` is the load.

Gives `{"kind": {"name": [[value, …], …]}}`, a value each round.
"""
import contextlib, pathlib, tempfile, time
from concurrent.futures import ThreadPoolExecutor

from .commits import commits
from .partitions import partitions
from .pgbench import pgbench
from .pgbouncer import Pgbouncer
from .postgres import Postgres
from .processes import family
from .sections import Samples, turns
from .shop import memory
from .standby import Standby

POOL = 8
CLIENTS = (1, 4, 8, 16, 64, 256, 512)
READ = "\\set id random(1, 10000)\nSELECT id, number FROM world WHERE id = :id;\n"
WRITE = "\\set id random(1, 10000)\nUPDATE world SET number = number + 1 WHERE id = :id;\n"


def scaling(rounds, seconds, skipped):
    samples = Samples(skipped)
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        scripts = {}
        for name, text in {"read": READ, "write": WRITE}.items():
            scripts[name] = pathlib.Path(folder) / name
            scripts[name].write_text(text)
        with contextlib.closing(Postgres(max_connections="600")) as database:
            connections(database, scripts["read"], rounds, seconds, samples)
            held(database, scripts["read"], rounds, samples)
            partitions(database, rounds, samples)
        with contextlib.closing(Postgres()) as database, contextlib.closing(Standby(database)) as standby:
            commits(database, standby, scripts["write"], rounds, seconds, samples)
    return samples.found


def connections(database, script, rounds, seconds, samples):
    """So many clients at a time, each with a connection of its own to the server, or through a pooler."""
    with contextlib.closing(Pgbouncer(database, POOL)) as pooler:
        ways = {
            "prepared": (database, ["-Mprepared"]), "not prepared": (database, ["-Mextended"]), f"pgbouncer, {POOL} connections": (pooler, ["-Mextended"]),
        }
        for order in turns(ways.items(), rounds):
            for clients in CLIENTS:
                for name, (place, options) in order:
                    samples.take(f"connections: {clients}", name, lambda: connected(database, place, script, clients, seconds, options))
            for name, (place, options) in order:
                if name != "prepared":
                    samples.take("connections: 16, a new one for each transaction", name, lambda: connected(
                        database, place, script, 16, seconds, [*options, "-C"]))


def connected(database, place, script, clients, seconds, options):
    """The rate, and the processor time of the server and the pooler for each transaction in microseconds, if few of them connect."""
    places = {database, place}
    before = sum(each.cpu_seconds() for each in places)
    rate, count = pgbench(place, script, clients, seconds, *options)
    used = sum(each.cpu_seconds() for each in places) - before
    return [rate, used / count * 1e6] if clients <= 64 else [rate]


def held(database, script, rounds, samples):
    """The megabytes that the server's processes have for connections, each page counted once."""
    before = sum(map(memory, family(database.process.pid)))
    for clients in (POOL, 256):
        for _ in range(rounds):
            samples.take("memory", f"{clients} connections", lambda: [holding(database, script, clients) - before])


def holding(database, script, clients):
    with ThreadPoolExecutor(1) as other:
        load = other.submit(pgbench, database, script, clients, 2, "-Mprepared", f"-R{clients * 10}")
        time.sleep(1.5)
        found = sum(map(memory, family(database.process.pid)))
        load.result()
    return found
