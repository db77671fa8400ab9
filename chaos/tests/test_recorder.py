"""What travels on a broker is recorded once, and repeated as it was."""
import contextlib
import json
import pathlib
import sqlite3
import tempfile
import unittest
from unittest import mock

from chaos import amqp, kafka, wire
from chaos.broker_log import BrokerLog
from chaos.event_log import POISON
from chaos.recorder import Recording


def event(name, key="a"):
    attributes = {**wire.attributes(name, "orders.ended"), "partitionkey": key}
    return wire.Message(amqp.place_of("orders.ended", key), "3", "", attributes, b'{"orderId": "o"}')


FOREIGN = wire.Message("orders.ended.3", "3", "from elsewhere", {}, b"no JSON")


class RecorderTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "recorded.db"
        self.recording = Recording(self.path)
        self.addCleanup(self.recording.close)

    def record(self, *messages):
        for message in messages:
            self.recording.add(message)

    def rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(sql).fetchall()

    def test_an_event_that_comes_again_is_counted_and_no_new_row(self):
        self.record(event("e1"), event("e2"), event("e1"), event("e2"), event("e2"))
        self.assertEqual(self.rows("SELECT position, id, copies FROM roost_events"), [(1, "e1", 1), (2, "e2", 2)])

    def test_what_comes_again_in_order_is_allowed(self):
        self.record(event("e1"), event("e2"), event("e3"), event("e2"), event("e3"), event("e4"), event("f1", "b"), event("e4"))
        self.assertEqual(self.rows("SELECT * FROM disorder"), [])

    def test_an_event_that_comes_again_before_one_that_it_had_followed_is_found(self):
        self.record(event("e1"), event("e2"), event("e3"), event("e1"), event("e3"))
        self.assertEqual(len(self.rows("SELECT * FROM disorder")), 1)

    def test_a_message_that_is_no_event_has_no_data(self):
        self.record(event("e1"), FOREIGN)
        self.assertEqual(self.rows("SELECT id, data FROM roost_events ORDER BY position")[1], ("from elsewhere", None))

    def test_copies_are_what_was_published_before(self):
        self.record(event("e1"), FOREIGN, event("e2", "b"))
        published = self.published("forget")
        self.assertEqual([(message.place, message.attributes, message.body) for message in published],
                         [(each.place, each.attributes, each.body) for each in (event("e1"), event("e2", "b"))])

    def test_poison_is_an_event_that_cannot_be_decoded_and_a_message_that_is_none(self):
        self.record(event("e1"))
        broken, other = self.published("poison")
        self.assertTrue(broken.is_event and broken.id.startswith(POISON) and broken.topic == "orders.ended")
        with self.assertRaises(ValueError):
            json.loads(broken.body)
        self.assertFalse(other.is_event)

    def test_nothing_is_repeated_before_anything_was_published(self):
        with self.assertRaises(TimeoutError):
            BrokerLog("amqp://nowhere/", self.path).forget(0.01)

    def published(self, change):
        log = BrokerLog("amqp://nowhere/", self.path)
        with mock.patch("chaos.amqp.publish") as publish:
            getattr(log, change)(5)
        return publish.call_args.args[1]

    def test_the_places_of_an_event_are_those_that_the_drivers_use(self):
        # The CRC-32 of "a" is e8b7be43.
        self.assertEqual(wire.lane_of("a"), 0xE8B7BE43 % 8)
        self.assertEqual(amqp.place_of("orders.ended", "a"), "orders.ended.3")
        self.assertEqual(kafka.place_of("orders.ended", "a"), "roost.orders")


if __name__ == "__main__":
    unittest.main()
