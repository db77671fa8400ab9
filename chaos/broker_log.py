"""The events on a broker, of which a fault repeats some, and to which it adds what nobody can decode."""
import contextlib
import json
import sqlite3
import time
import uuid

from chaos import processes, recorder, wire
from chaos.event_log import LAST, POISON

ATTEMPT = 10  # seconds for one attempt to publish


class BrokerLog:
    """Publishes as another program would. What was published before is known from the recorder."""

    def __init__(self, url, recorded):
        self._url = url
        self._recorded = recorded
        self._wire = recorder.wire(url)

    def forget(self, limit):
        """Publishes copies of the last events under the same identifiers, as a publisher does that has had no answer. Returns how many."""
        return self._retry(self._copies, limit, "events are published", len)

    def poison(self, limit):
        """Publishes an event that cannot be decoded, and a message that is not an event. Returns their names."""
        name, other = (POISON + str(uuid.uuid4()) for _ in range(2))

        def planted():
            topic = next((message.attributes["type"] for message in self._last(1)), None)
            if topic is None:
                return []
            event = wire.Message(self._wire.place_of(topic, name), "", "", wire.attributes(name, topic), b'{"orderId": 7')
            return [event, wire.Message(self._wire.place_of(topic, other), "", other, {}, f"from elsewhere {other}".encode())]

        return self._retry(planted, limit, "an event can be published", lambda _: f"{name}, and the message {other} which is not an event,")

    def lanes(self, limit):
        """The lanes in which there are events."""
        return processes.wait_for(self._lanes, limit, "events are published")

    def _lanes(self):
        return [lane for lane, in self._rows("SELECT DISTINCT lane FROM roost_events ORDER BY lane")]

    def _copies(self):
        return self._last(LAST)

    def _last(self, count):
        """The last events that were recorded, the oldest first."""
        rows = self._rows(
            "SELECT place, lane, id, attributes, data FROM roost_events WHERE data IS NOT NULL ORDER BY position DESC LIMIT ?", count)
        return [wire.Message(place, lane, name, json.loads(attributes), body) for place, lane, name, attributes, body in reversed(rows)]

    def _rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(f"{self._recorded.as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return connection.execute(sql, values).fetchall()

    def _retry(self, messages, limit, what, result):
        """Publishes messages as soon as there are any and the broker takes them."""
        end, reason = time.monotonic() + limit, what
        while time.monotonic() < end:
            try:
                chosen = messages()
                if chosen:
                    self._wire.publish(self._url, chosen, ATTEMPT)
                    return result(chosen)
            except (*self._wire.FAILURES, sqlite3.OperationalError) as error:
                reason = repr(error)
            time.sleep(0.1)
        raise TimeoutError(f"{what}: not within {limit} s, {reason}")
