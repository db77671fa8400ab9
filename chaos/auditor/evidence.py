"""Everything that the checks are made of."""
import collections
import functools
import json

from chaos.auditor.bus import EmbeddedLog
from chaos.auditor.sources import Missing
from chaos.auditor.told import Told, lines
from chaos.event_log import POISON


def _value(column):
    """The value of a column of JSON: text in SQLite, read already in PostgreSQL."""
    return json.loads(column) if isinstance(column, str) else column


class Evidence:
    """What the customers were told, what the services recorded, what was sampled, and what was inflicted."""

    def __init__(self, folder, sources, samples, quiet, bus=None):
        self.folder = folder
        self.told = Told(folder / "told.jsonl")
        self.sources = sources
        self.samples = samples
        self.bus = bus or EmbeddedLog(sources)
        self.seconds_to_quiet, self.left = quiet

    @functools.cached_property
    def planned(self):
        """The faults that were scheduled."""
        return self._lines("plan.jsonl", "fault")

    @functools.cached_property
    def inflicted(self):
        return self._lines("inflicted.jsonl", "inflicted")

    @functools.cached_property
    def not_inflicted(self):
        return self._lines("inflicted.jsonl", "missed") + self._lines("inflicted.jsonl", "failed")

    def _lines(self, name, what):
        path = self.folder / name
        return [line for line in lines(path) if line["what"] == what] if path.exists() else []

    @functools.cached_property
    def log(self):
        return (self.folder / "shop.log").read_text(encoding="utf-8", errors="replace")

    @functools.cached_property
    def orders(self):
        """The orders in the database, by identifier. The identifier of the request is in `key`."""
        rows = self.sources.rows("orders", "SELECT id, status, items, total, idempotency_key AS key, email FROM orders")
        for row in rows:
            row.update(id=str(row["id"]), items=_value(row["items"]), total=_value(row["total"]))
        return {row["id"]: row for row in rows}

    @functools.cached_property
    def history(self):
        """The statuses that each order has had, in order."""
        found = collections.defaultdict(list)
        for row in self.sources.rows("orders", "SELECT order_id, status FROM order_history ORDER BY order_id, number"):
            found[str(row["order_id"])].append(row["status"])
        return found

    @functools.cached_property
    def payments(self):
        """The payments of each order."""
        found = collections.defaultdict(list)
        for row in self.sources.rows("payments", "SELECT id, order_id, status, amount FROM payments"):
            found[str(row["order_id"])].append({**row, "id": str(row["id"]), "amount": _value(row["amount"])})
        return found

    @functools.cached_property
    def charges(self):
        """The charges of the processor, by identifier."""
        rows = self.sources.rows("processor", "SELECT id, status, amount FROM charges")
        return {str(row["id"]): {**row, "amount": _value(row["amount"])} for row in rows}

    @functools.cached_property
    def events(self):
        """The events of the log, in order. Those that cannot be decoded, and messages that are not events, have no data."""
        rows = self.sources.rows("events", "SELECT position, id, lane, topic, audience, data FROM roost_events ORDER BY position")
        for row in rows:
            row["data"] = None if row["data"] is None or row["id"].startswith(POISON) else json.loads(row["data"])
        return rows

    @functools.cached_property
    def mails(self):
        """The identifiers of the mails that were delivered to each address. A mail that was delivered again has the same one."""
        found = collections.defaultdict(set)
        for line in self._lines("mails.jsonl", "mail"):
            found[line["to"]].add(line["id"])
        return found

    def matches(self, pattern):
        """How many lines of the shop's log have a text in them."""
        return sum(pattern in line for line in self.log.splitlines())

    def state(self, order):
        return self.orders[order]["status"] if order in self.orders else None

    def tables(self, name):
        """The services that have a table.

        Raises Missing if none has.
        """
        found = self.sources.with_table(name)
        if not found:
            raise Missing(f"no service has a table {name}")
        return found
