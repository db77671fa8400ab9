"""Looks at the shop again and again while it runs."""
import collections
import threading
import time

from chaos.auditor.bus import EmbeddedLog
from chaos.auditor.ledger import imbalances
from chaos.auditor.sources import Missing

# The statuses that may follow each status.
NEXT = {
    "pending": {"reserved", "rejected", "cancelled"},
    "reserved": {"paid", "declined", "cancelled"},
    "paid": {"confirmed", "cancelled"},
    "confirmed": set(), "rejected": set(), "declined": set(), "cancelled": set(),
}
FINAL = {status for status, following in NEXT.items() if not following}


def reachable(status):
    """All statuses that can follow a status, sooner or later."""
    found, new = set(), {status}
    while new:
        new = set().union(*(NEXT[each] for each in new)) - found
        found |= new
    return found


class Samples:
    """What was seen at intervals, as far as it was wrong, and how often was looked."""

    def __init__(self, sources, pause=1.0):
        self._sources = sources
        self._pause = pause
        self._end = threading.Event()
        self._last = {}
        self.recorded = []  # position and identifier of each event, in the order in which it was read
        self.counts = collections.Counter()
        self.faults = collections.defaultdict(list)
        self._failure = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        """Ends the sampling. Raises what went wrong with it."""
        self._end.set()
        self._thread.join(60)
        if self._failure is not None:
            raise self._failure
        if self._thread.is_alive():
            raise TimeoutError("the last sample has not come to an end")
        self._events()

    def _run(self):
        try:
            while not self._end.wait(self._pause):
                self.look()
        except Exception as error:  # raised at the end
            self._failure = error

    def look(self):
        """Takes one sample of everything that can be read now."""
        for name, look in (("orders", self._orders), ("ledger", self._ledger), ("stock", self._stock), ("events", self._events)):
            try:
                look()
                self.counts[name] += 1
            except (Missing, OSError):
                # The database is not there yet, or a fault keeps it from being read.
                continue

    def _orders(self):
        for row in self._sources.rows("orders", "SELECT id, status FROM orders"):
            order, status = str(row["id"]), row["status"]
            last = self._last.get(order)
            if last is not None and status != last and status not in reachable(last):
                self.faults["orders"].append(f"order {order} went from {last} to {status}")
            self._last[order] = status

    def _ledger(self):
        self.faults["ledger"] += imbalances(self._sources)

    def _stock(self):
        for row in self._sources.rows("catalog", "SELECT sku, stock FROM products WHERE stock < 0"):
            self.faults["stock"].append(f"{row['sku']} had a stock of {row['stock']}")

    def _events(self):
        """Reads on where the last sample ended, as a consumer of the log does."""
        last = self.recorded[-1][0] if self.recorded else 0
        rows = self._sources.rows("events", f"SELECT position, id FROM roost_events WHERE position > {last} ORDER BY position")
        self.recorded += [(row["position"], row["id"]) for row in rows]


def work_left(sources, bus=None):
    """What is still to be done, in words: orders in progress, jobs that wait, and events on their way to a group."""
    left = []
    count = sources.rows("orders", "SELECT count(*) AS n FROM orders WHERE status NOT IN ('confirmed', 'rejected', 'declined', 'cancelled')")
    if count[0]["n"]:
        left.append(f"{count[0]['n']} orders in progress")
    for service in sources.with_table("roost_work"):
        for row in sources.rows(service, "SELECT queue, count(*) AS n FROM roost_work WHERE state = 'waiting' GROUP BY queue"):
            left.append(f"{row['n']} jobs of {row['queue']} in {service}")
    unread = (bus or EmbeddedLog(sources)).left()
    if unread:
        left.append(f"{unread} events that a group has not settled")
    return left


def wait_until_quiet(sources, limit, bus=None, calm=2):
    """Waits until nothing is left to do, and still is not `calm` seconds later: an event on its way to a group is in no table of work.

    Returns how long it took until then in seconds, and what is left.
    """
    begin = time.monotonic()
    since = None  # when nothing was left for the first time
    while True:
        now = time.monotonic()
        try:
            left = work_left(sources, bus)
        except (Missing, OSError) as error:
            left = [str(error)]
        since = None if left else since or now
        if since is not None and now - since >= calm:
            return since - begin, []
        if left and now - begin > limit:
            return now - begin, left
        time.sleep(0.25)
