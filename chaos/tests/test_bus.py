"""What the groups of a broker have left to do is found, wherever it is."""
import pathlib
import tempfile
import types
import unittest

from chaos.auditor.bus import EmbeddedLog, RabbitMQ, bus
from chaos.auditor.delivery import recorded_in_order, settled_by_every_group

# A program in place of rabbitmqctl, with a queue of the shop and one of the recorder.
CONTROL = """#!/bin/sh
case $1 in
  eval) printf 'roost.mail.0 {left} {members}\\nroost.recorder.0 {recorder} 1\\nok\\n';;
  list_bindings) printf '\\troost.mail.0\\troost.mail.0\\nroost.events\\troost.mail.0\\t{topic}.0\\nroost.events\\troost.recorder.0\\t#.0\\n';;
esac
"""
EVENT = {"position": 1, "id": "e1", "topic": "orders.ended", "data": {}}


class BusTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def rabbitmq(self, left=0, members=1, recorder=0, topic="orders.ended", script=CONTROL):
        path = self.folder / "control"
        path.write_text(script.format(left=left, members=members, recorder=recorder, topic=topic))
        path.chmod(0o755)
        return RabbitMQ(None, path)

    def state(self, **changes):
        evidence = types.SimpleNamespace(bus=self.rabbitmq(**changes), events=[EVENT])
        return settled_by_every_group(evidence).state

    def test_a_group_that_has_settled_everything_passes(self):
        self.assertEqual(self.state(), "ok")
        self.assertEqual(self.rabbitmq().left(), 0)

    def test_what_a_group_has_not_settled_is_found(self):
        self.assertEqual(self.state(left=2), "FAILED")

    def test_a_group_without_a_member_is_found(self):
        self.assertEqual(self.state(members=0), "FAILED")

    def test_a_topic_that_only_the_recorder_reads_is_found(self):
        self.assertEqual(self.state(topic="accounts.created"), "FAILED")

    def test_what_is_not_recorded_yet_is_left_to_do(self):
        self.assertEqual(self.rabbitmq(left=2, recorder=3).left(), 5)

    def test_a_server_that_does_not_answer_has_not_settled_everything(self):
        for script in ("#!/bin/sh\nexit 1\n", "#!/bin/sh\necho ok\n"):
            with self.subTest(script), self.assertRaises(OSError):
                self.rabbitmq(script=script).left()

    def test_what_came_again_out_of_order_is_found(self):
        samples = types.SimpleNamespace(recorded=[(1, "e1")], counts={"events": 1})
        for disorder, state in ([], "ok"), (["event e3 came again"], "FAILED"):
            broker = types.SimpleNamespace(disorder=lambda disorder=disorder: disorder, copies=lambda: 3)
            with self.subTest(disorder):
                self.assertEqual(recorded_in_order(types.SimpleNamespace(samples=samples, events=[EVENT], bus=broker)).state, state)

    def test_without_a_broker_the_log_is_the_bus(self):
        self.assertIsInstance(bus(None), EmbeddedLog)


if __name__ == "__main__":
    unittest.main()
