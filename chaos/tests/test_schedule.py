"""A seed determines the purchases and the faults of a run."""
import unittest

from chaos import purchases, schedule


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

    def test_a_process_that_hangs_is_left_alone_until_it_goes_on(self):
        faults = schedule.plan(3, 200, 7, schedule.EMBEDDED)
        for fault, following in zip(faults, faults[1:]):
            if fault.kind == "hang":
                self.assertGreater(following.at, fault.at + fault.lasts)

    def test_all_manners_and_tokens_occur(self):
        bought = purchases.plan(1, 300, 10, 60)
        self.assertEqual({purchase.manner for purchase in bought}, set(purchases.MANNERS))
        self.assertEqual({purchase.token for purchase in bought}, set(purchases.TOKENS))


if __name__ == "__main__":
    unittest.main()
