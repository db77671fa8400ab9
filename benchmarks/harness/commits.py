"""What a commit can wait for, and how far a standby is behind."""
import statistics, time
from concurrent.futures import ThreadPoolExecutor

from .pgbench import pgbench
from .sections import turns

LEVELS = {
    "off": "nothing", "local": "its own disk", "remote_write": "the standby's memory", "on": "the standby's disk", "remote_apply": "the standby's readers",
}


def commits(database, standby, script, rounds, seconds, samples):
    """Updates of one row, each committed: the rate with one client and with 16, by what a commit waits for, and how far a standby is behind."""
    for order in turns(LEVELS.items(), rounds):
        for level, waits in order:
            standby.is_awaited(level not in ("off", "local"))
            for clients in (1, 16):
                samples.take(f"commits: {clients}", waits, lambda: [write(database, script, clients, seconds, level)])
    standby.is_awaited(False)
    for _ in range(rounds):
        samples.take("lag", "a standby that nobody waits for", lambda: lag(database, standby, script, seconds))


def write(database, script, clients, seconds, level):
    return pgbench(database, script, clients, seconds, "-Mprepared", environment={"PGOPTIONS": f"-c synchronous_commit={level}"})[0]


def lag(database, standby, script, seconds):
    """The median and the longest of the milliseconds by which readers of the standby see changes later."""
    found = []
    with ThreadPoolExecutor(1) as other:
        load = other.submit(write, database, script, 16, seconds, "local")
        while not load.done():
            found.append(standby.lag_milliseconds())
            time.sleep(0.05)
        load.result()
    return [statistics.median(found), max(found)]
