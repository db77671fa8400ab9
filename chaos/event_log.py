"""The log of events, of which a fault makes what a power cut or a bad publisher would leave."""
import contextlib
import secrets
import sqlite3
import time
import uuid

LAST = 20  # events that a group forgets
POISON = "poison-"  # begins the identifiers of events that nobody can decode


class EventLog:
    """The file of the embedded log. It is changed as another process of the shop would change it."""

    def __init__(self, path):
        self._path = path

    def forget(self, limit):
        """Has the groups forget that they have handled the last events, as after a power cut: their positions are not synced.

        Returns how many deliveries will be repeated, which is more than 0. Raises a TimeoutError if there are none within the limit, in seconds.
        """
        return self._retry(self._forget, limit, "events are handled")

    def poison(self, limit):
        """Publishes an event that cannot be decoded. Returns its identifier."""
        return self._retry(self._poison, limit, "an event can be written")

    @staticmethod
    def _forget(connection):
        positions = connection.execute(
            "SELECT min(position) FROM (SELECT position FROM roost_events ORDER BY position DESC LIMIT ?)", (LAST,)).fetchone()
        start = (positions[0] or 1) - 1
        repeated = connection.execute(
            "SELECT count(*) FROM roost_events AS event JOIN roost_event_lanes AS lane ON lane.lane = event.lane"
            " WHERE event.position > ? AND event.position <= lane.position", (start,)).fetchone()[0]
        if repeated:
            connection.execute(
                "UPDATE roost_event_lanes SET position = ?, owner = NULL, epoch = ?, is_disorderly = 1 WHERE position > ?",
                (start, 1 + secrets.randbelow(1 << 62), start))
            connection.execute("UPDATE roost_event_groups SET revision = revision + 1")
        return repeated

    @staticmethod
    def _poison(connection):
        topic = connection.execute("SELECT topic FROM roost_events ORDER BY position DESC LIMIT 1").fetchone()
        if topic is None:
            return None
        identifier, now = POISON + str(uuid.uuid4()), int(time.time() * 1000)
        connection.execute(
            "INSERT INTO roost_events (id, source, topic, version, event_key, time, data, audience, appended_at, lane)"
            " VALUES (?, 'chaos', ?, 1, ?, ?, ?, '', ?, 0)", (identifier, *topic, identifier, now, b'{"orderId": 7', now))
        return identifier

    def _retry(self, change, limit, what):
        """Makes a change in a transaction, as soon as it can be made and there is something to change."""
        end, reason = time.monotonic() + limit, what
        while time.monotonic() < end:
            try:
                with contextlib.closing(sqlite3.connect(self._path, timeout=5, isolation_level=None)) as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    result = change(connection)
                    connection.execute("COMMIT")
                if result:
                    return result
            except sqlite3.OperationalError as error:  # the disk is full, or others have written for too long
                reason = str(error)
            time.sleep(0.1)
        raise TimeoutError(f"{what}: not within {limit} s, {reason}")
