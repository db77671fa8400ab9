"""The statements, which both engines understand. `?` stands for a value."""

from collections.abc import Sequence
from itertools import permutations

MOST_PARTNERS = 200  # of a product
RETENTION = (
    60 * 86_400_000
)  # milliseconds that handled events are known; the system's bus keeps events for half of that

RECORD_EVENT = (
    "INSERT INTO handled_events (id, generation, handled_at) VALUES (?, ?, ?) ON CONFLICT (id, generation) DO NOTHING"
)
FORGET_EVENTS = "DELETE FROM handled_events WHERE handled_at < ?"
COUNT_PAIR = """
    INSERT INTO pairs (sku, partner, orders, bought_at) VALUES (?, ?, 1, ?)
    ON CONFLICT (sku, partner) DO UPDATE SET orders = pairs.orders + 1, bought_at = excluded.bought_at"""
# Those that were bought with it most recently stay, so that a new partner has time to become a frequent one.
FORGET_PARTNERS = f"""
    DELETE FROM pairs WHERE sku = ? AND partner IN
    (SELECT partner FROM pairs WHERE sku = ? ORDER BY bought_at DESC, partner LIMIT 1000 OFFSET {MOST_PARTNERS})"""  # noqa: S608, only a number is inserted
PARTNERS = "SELECT partner FROM pairs WHERE sku = ? ORDER BY orders DESC, bought_at DESC, partner"
BURY = "INSERT INTO dead_letters (id, topic, reason, event, died_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"


def pairs(skus: Sequence[str]) -> list[tuple[str, str]]:
    """Returns each product with each of its partners.

    They are sorted, so that transactions which lock the same rows do so in the same order.
    """
    return list(permutations(sorted(set(skus)), 2))
