"""A seed determines the purchases and the faults of a run."""
import argparse
import contextlib
import io
import unittest
from unittest import mock

from chaos import purchases, run, schedule


class ScheduleTests(unittest.TestCase):
    def test_the_same_seed_gives_the_same_run(self):
        for engines, kinds in schedule.KINDS.items():
            with self.subTest(engines):
                self.assertEqual(schedule.plan(7, 200, 7, kinds), schedule.plan(7, 200, 7, kinds))
                self.assertNotEqual(schedule.plan(7, 200, 7, kinds), schedule.plan(8, 200, 7, kinds))
        self.assertEqual(purchases.plan(7, 300, 10, 60), purchases.plan(7, 300, 10, 60))

    def test_each_kind_of_fault_is_inflicted_if_there_is_room(self):
        for engines, kinds in schedule.KINDS.items():
            with self.subTest(engines):
                self.assertEqual({fault.kind for fault in schedule.plan(3, 15, 7, kinds)}, set(kinds))

    def test_a_short_run_has_what_its_audit_looks_for(self):
        for seed in range(20):
            self.assertEqual({"kill", "hang", "deliver-again"}, {fault.kind for fault in schedule.plan(seed, 3, 7, schedule.EMBEDDED)})

    def test_a_process_that_hangs_is_left_alone_until_it_goes_on(self):
        faults = schedule.plan(3, 200, 7, schedule.EMBEDDED)
        for number, fault in enumerate(faults):
            if fault.kind == "hang":
                self.assertTrue(all(round(earlier.at + earlier.lasts, 3) <= fault.at for earlier in faults[:number]))
                self.assertTrue(all(later.at >= round(fault.at + fault.lasts, 3) for later in faults[number + 1:]))

    def test_no_fault_hides_another_one(self):
        for engines, kinds in schedule.KINDS.items():
            for seed in range(5):
                faults = schedule.plan(seed, 200, 7, kinds)
                last = {}
                for fault in faults:
                    service = fault.target.partition("-")[0]
                    with self.subTest(engines, seed=seed, fault=fault):
                        self.assertGreaterEqual(fault.at, last.get(service, 0))
                        self.assertGreaterEqual(fault.at, last.get("shop", 0))
                    last[service] = max(last.get(service, 0), round(fault.at + fault.lasts, 3))

    def test_faults_come_in_the_order_of_their_times(self):
        times = [fault.at for fault in schedule.plan(3, 200, 7, schedule.EMBEDDED)]
        self.assertEqual(times, sorted(times))

    def test_what_cannot_be_inflicted_here_is_not_planned(self):
        options = argparse.Namespace(engines="postgres", kinds=None, faults=200, seed=1, orders=20)
        output = io.StringIO()
        with mock.patch("chaos.namespaces.are_own", return_value=False), contextlib.redirect_stdout(output):
            _, _, faults = run.plans(options)
        needing = {name for name, kind in schedule.KINDS["postgres"].items() if kind.needs_namespaces}
        self.assertFalse(needing & {fault.kind for fault in faults})
        self.assertTrue(all(name in output.getvalue() for name in needing), output.getvalue())

    def test_slow_orders_are_in_progress_when_a_process_hangs(self):
        bought = purchases.busy_at(purchases.plan(7, 300, 10, 60), [20, 45])
        self.assertEqual(len({purchase.key for purchase in bought}), 300)
        for moment in (20, 45):
            self.assertEqual(sum(purchase.hang == moment for purchase in bought), purchases.BUSY)
            self.assertGreaterEqual(sum(purchase.token == "tok_slow" and moment - 2 < purchase.at < moment for purchase in bought), purchases.BUSY)

    def test_all_manners_and_tokens_occur(self):
        bought = purchases.plan(1, 300, 10, 60)
        self.assertEqual({purchase.manner for purchase in bought}, set(purchases.MANNERS))
        self.assertEqual({purchase.token for purchase in bought}, set(purchases.TOKENS))


if __name__ == "__main__":
    unittest.main()
