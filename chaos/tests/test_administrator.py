"""The administrator retries what the faults have stopped, and nothing else."""
import unittest

from chaos.administrator import Administrator, Watch

STUCK = [
    {"id": "died", "reason": "The process died 3 times in a row while it worked on the run."},
    {"id": "refused", "reason": "undo of charge: there is no such payment"},
    {"id": "unknown"},
]


class Answer:
    def __init__(self, status, json=None):
        self.status = status
        self.json = json


class Shop(Administrator):
    """An administrator of a shop whose answers are given."""

    def __init__(self, retry=200):
        super().__init__(None, None)
        self.sent = []
        self._retry = retry

    def sign_in(self):
        return True

    def _send(self, method, path, body=None):
        self.sent.append(path)
        return Answer(200, {"items": STUCK}) if method == "GET" else Answer(self._retry)


class AdministratorTests(unittest.TestCase):
    def test_a_run_is_retried_once_and_only_if_processes_died(self):
        shop = Shop()
        shop.retry_stuck()
        shop.retry_stuck()
        self.assertEqual(shop.retried, {"died"})
        self.assertEqual([path for path in shop.sent if path.endswith("/retry")], ["/workflows/died/retry"])

    def test_a_run_that_has_ended_meanwhile_does_not_count(self):
        shop = Shop(retry=409)
        shop.retry_stuck()
        self.assertEqual(shop.retried, set())

    def test_what_goes_wrong_is_not_lost(self):
        with self.assertRaisesRegex(RuntimeError, "died cannot be retried: 404"), Watch(Shop(retry=404)):
            pass
