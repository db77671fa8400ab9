"""Each check of the auditor finds its fault in the records of a small shop that are right otherwise."""
import json
import pathlib
import sqlite3
import tempfile
import unittest

from chaos.auditor import check, delivery, ledger, money, orders, reality, workflow  # noqa: F401 (they register their checks)
from chaos.auditor.evidence import Evidence
from chaos.auditor.samples import Samples, work_left
from chaos.auditor.sources import Sources

TABLES = {
    "orders": """
        CREATE TABLE orders (id TEXT, status TEXT, items TEXT, total TEXT, idempotency_key TEXT, email TEXT, payment_token TEXT DEFAULT '');
        CREATE TABLE order_history (order_id TEXT, number INTEGER, status TEXT);
        CREATE TABLE roost_runs (id TEXT, status TEXT);
        CREATE TABLE roost_run_steps (run_id TEXT, name TEXT, is_undo INTEGER, outcome TEXT);
        CREATE TABLE roost_work (queue TEXT, id TEXT, state TEXT, worker TEXT, reason TEXT);""",
    "payments": """
        CREATE TABLE payments (id TEXT, order_id TEXT, status TEXT, amount TEXT, token TEXT);
        CREATE TABLE ledger_transfers (payment TEXT, kind TEXT, debit TEXT, credit TEXT, amount INTEGER, currency TEXT, is_posted INTEGER);
        CREATE TABLE ledger_balances (account TEXT, currency TEXT, debits INTEGER, credits INTEGER);
        CREATE TABLE ledger_differences (payment TEXT, kind TEXT, found TEXT, is_open INTEGER);""",
    "processor": "CREATE TABLE charges (id TEXT, status TEXT, amount TEXT);",
    "catalog": "CREATE TABLE products (sku TEXT, stock INTEGER, category TEXT);",
    "events": """
        CREATE TABLE roost_events (position INTEGER, id TEXT, lane INTEGER, topic TEXT, audience TEXT, data BLOB);
        CREATE TABLE roost_event_lanes (group_name TEXT, lane INTEGER, position INTEGER);
        CREATE TABLE roost_event_members (group_name TEXT, topics TEXT);""",
}
PRICE = json.dumps({"amount": 990, "currency": "EUR"})
ORDERS = "INSERT INTO orders (id, status, items, total, idempotency_key, email) "
ENDED = 'INSERT INTO roost_events VALUES ({0}, \'e{0}\', 7, \'orders.ended\', \'\', \'{{"orderId": "o{0}", "status": "{1}"}}\')'
# Order o1 was confirmed, and order o2 was declined.
RIGHT = [
    ("orders", ORDERS + "VALUES ('o1', 'confirmed', '[{\"sku\": \"A\", \"quantity\": 2}]', :price, 'k1', 'm1@chaos.example')"),
    ("orders", ORDERS + "VALUES ('o2', 'declined', '[{\"sku\": \"A\", \"quantity\": 1}]', :price, 'k2', 'm2@chaos.example')"),
    ("orders", "INSERT INTO order_history VALUES ('o1', 0, 'pending'), ('o1', 1, 'reserved'), ('o1', 2, 'paid'), ('o1', 3, 'confirmed'),"
               "('o2', 0, 'pending'), ('o2', 1, 'reserved'), ('o2', 2, 'declined')"),
    ("orders", "INSERT INTO roost_runs VALUES ('o1', 'completed'), ('o2', 'completed')"),
    ("orders", "INSERT INTO roost_run_steps VALUES ('o1', 'reserve', 0, 'done'), ('o1', 'charge', 0, 'done'), ('o2', 'reserve', 0, 'done'),"
               "('o2', 'charge', 0, 'done'), ('o2', 'charge', 1, 'done'), ('o2', 'reserve', 1, 'done')"),
    ("payments", "INSERT INTO payments VALUES ('p1', 'o1', 'captured', :price, ''), ('p2', 'o2', 'declined', :price, '')"),
    ("payments", "INSERT INTO ledger_transfers VALUES ('p1', 'authorization', 'clearing', 'payables', 990, 'EUR', 0),"
                 "('p1', 'capture', 'clearing', 'payables', 990, 'EUR', 1), ('p1', 'sale', 'payables', 'sales', 990, 'EUR', 1),"
                 "('p2', 'authorization', 'clearing', 'payables', 990, 'EUR', 0), ('p2', 'decline', 'clearing', 'payables', 990, 'EUR', 0)"),
    ("payments", "INSERT INTO ledger_balances VALUES ('clearing', 'EUR', 990, 0), ('payables', 'EUR', 990, 990), ('sales', 'EUR', 0, 990)"),
    ("processor", "INSERT INTO charges VALUES ('p1', 'captured', :price), ('p2', 'declined', :price)"),
    ("catalog", "INSERT INTO products VALUES ('A', 98, 'chaos')"),
    ("events", ENDED.format(1, "confirmed")),
    ("events", ENDED.format(2, "declined")),
    ("events", "INSERT INTO roost_event_lanes VALUES ('mail', 6, 0), ('mail', 7, 2)"),
    ("events", "INSERT INTO roost_event_members VALUES ('mail', 'accounts.created' || char(10) || 'orders.ended')"),
]
ASKED = {"what": "asked", "token": "tok_ok", "manner": "plain", "sku": "A"}
TOLD = [
    {"what": "product", "sku": "A", "stock": 100},
    {**ASKED, "key": "k1"},
    {**ASKED, "key": "k1-rival", "manner": "rival"},
    {"what": "answered", "key": "k1-rival", "status": 409, "order": None},
    {"what": "answered", "key": "k1", "status": 201, "order": "o1"},
    {"what": "answered", "key": "k1", "status": 200, "order": "o1"},
    {"what": "changed", "key": "k1", "status": 422},
    {**ASKED, "key": "k2", "token": "tok_declined"},
    {"what": "unanswered", "at": 10, "key": "k2"},
]
LOG = (
    "Taking over 1 jobs of workers that have died or hang.\nAnother worker has taken the run.\n"
    "The event was handled before. This delivery has no effect.\n")
SECOND = " SELECT 'o3', status, items, total, {}, email FROM orders WHERE id = 'o1'"
# A change of the databases that each check must find. Some have several ways to fail.
CHANGES = [
    ("orders.accepted-ended", "orders", "UPDATE orders SET status = 'paid' WHERE id = 'o1'"),
    ("orders.accepted-ended", "orders", "DELETE FROM orders WHERE id = 'o1'"),
    ("orders.unknown-absent-or-ended", "orders", "UPDATE orders SET status = 'reserved' WHERE id = 'o2'"),
    ("orders.one-per-key", "orders", ORDERS + SECOND.format("'k1'")),
    ("orders.one-per-cart", "orders", ORDERS + SECOND.format("'k1-rival'")),
    ("orders.asked-for", "orders", "UPDATE orders SET idempotency_key = 'k9' WHERE id = 'o1'"),
    ("orders.refusals-hold", "orders", ORDERS + SECOND.format("'k1-rival'")),
    ("orders.paths", "orders", "UPDATE order_history SET status = 'declined' WHERE order_id = 'o1' AND number = 2"),
    ("orders.paths", "orders", "DELETE FROM order_history WHERE order_id = 'o1' AND number = 2"),
    ("orders.paths", "orders", "DELETE FROM order_history WHERE order_id = 'o1'"),
    ("orders.paths", "orders", "INSERT INTO order_history VALUES ('o1', 4, 'confirmed')"),
    ("orders.ends", "orders", "UPDATE orders SET status = 'declined' WHERE id = 'o1'"),
    ("payments.one-charge", "processor", "UPDATE charges SET status = 'refunded' WHERE id = 'p1'"),
    ("payments.one-charge", "processor", "INSERT INTO charges VALUES ('p9', 'captured', :price)"),
    ("payments.tokens-cleared", "payments", "UPDATE payments SET token = 'tok_ok' WHERE id = 'p1'"),
    ("payments.tokens-cleared", "orders", "UPDATE orders SET payment_token = 'tok_ok' WHERE id = 'o2'"),
    ("ledger.balanced-in-every-sample", "payments", "UPDATE ledger_balances SET debits = 980 WHERE account = 'clearing'"),
    ("ledger.one-posting-per-outcome", "payments", "DELETE FROM ledger_transfers WHERE kind = 'sale'"),
    ("ledger.one-posting-per-outcome", "payments", "UPDATE ledger_transfers SET currency = 'USD' WHERE kind = 'sale'"),
    ("ledger.one-posting-per-outcome", "payments", "INSERT INTO ledger_transfers VALUES ('p9', 'sale', 'payables', 'sales', 990, 'EUR', 1)"),
    ("ledger.one-posting-per-outcome", "payments", "UPDATE payments SET status = 'pending' WHERE id = 'p2'"),
    ("ledger.one-posting-per-outcome", "payments",
     "INSERT INTO ledger_transfers VALUES ('p1', 'fee', 'fees', 'clearing', 9, 'EUR', 1), ('p1', 'fee', 'fees', 'clearing', 9, 'EUR', 1)"),
    ("ledger.no-open-difference", "payments", "INSERT INTO ledger_differences VALUES ('p1', 'amount', 'too little', 1)"),
    ("stock.exact", "catalog", "UPDATE products SET stock = 96"),
    ("events.one-per-end", "events", "INSERT INTO roost_events SELECT 3, 'e3', lane, topic, audience, data FROM roost_events WHERE position = 1"),
    ("events.one-per-end", "events", "DELETE FROM roost_events WHERE position = 1"),
    ("events.settled-by-every-group", "events", "UPDATE roost_event_lanes SET position = 1 WHERE lane = 7"),
    ("events.settled-by-every-group", "events", "DELETE FROM roost_event_lanes"),
    ("events.settled-by-every-group", "events", "DELETE FROM roost_event_members"),
    ("events.settled-by-every-group", "events", "UPDATE roost_event_members SET topics = 'accounts.created'"),
    ("events.settled-by-every-group", "events", "DELETE FROM roost_events"),
    ("events.recorded-in-order", "events", "DELETE FROM roost_events"),
    ("events.dead-letters", "events", "INSERT INTO roost_events VALUES (3, 'poison-1', 7, 'orders.ended', '', '{')"),
    ("events.dead-letters", "orders", "INSERT INTO roost_work VALUES ('outbox', 'e1', 'dead', NULL, 'no')"),
    ("work.nothing-left", "orders", "INSERT INTO roost_work VALUES ('orders', 'o1', 'waiting', 'w1', NULL)"),
    ("workflow.one-run-per-order", "orders", "UPDATE roost_runs SET status = 'stuck' WHERE id = 'o1'"),
    ("workflow.one-run-per-order", "orders", "DELETE FROM roost_runs WHERE id = 'o1'"),
    ("workflow.undos-recorded", "orders", "DELETE FROM roost_run_steps WHERE run_id = 'o2' AND name = 'charge' AND is_undo = 1"),
    ("workflow.undos-recorded", "orders", "DELETE FROM roost_run_steps WHERE is_undo = 1"),
    ("workflow.undos-recorded", "orders", "INSERT INTO roost_run_steps VALUES ('o1', 'charge', 1, 'done')"),
]
# Those whose tests are below.
OTHERS = {
    "mail.one-per-end", "work.quiet-within-60s", "work.no-process-given-up", "chaos.every-fault-seen", "chaos.requests-repeated", "chaos.takeovers",
    "chaos.fenced", "chaos.duplicates", "orders.no-needless-refusal",
}


class AuditorTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "data").mkdir()
        (self.folder / "shop.log").write_text(LOG)
        self.tell(TOLD)
        self.write("plan.jsonl", {"what": "fault", "number": 0, "kind": "kill", "target": "orders-1"})
        self.write("inflicted.jsonl", {"what": "inflicted", "number": 0, "kind": "kill", "target": "orders-1", "seen": "killed"})
        self.deliver("m1", "1")
        self.deliver("m2", "2")
        for service, tables in TABLES.items():
            statements = [statement.replace(":price", f"'{PRICE}'") for owner, statement in RIGHT if owner == service]
            database = sqlite3.connect(self.folder / f"data/{service}.db")
            database.executescript(";".join(["PRAGMA synchronous = OFF", tables, *statements]))
            database.close()

    def write(self, name, *lines, mode="a"):
        with open(self.folder / name, mode) as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)

    def tell(self, lines):
        self.write("told.jsonl", *lines, mode="w")

    def deliver(self, name, number):
        self.write("mails.jsonl", {"what": "mail", "to": f"{name}@chaos.example", "id": f"<{number}@shop.example>"})

    def change(self, service, statement):
        database = sqlite3.connect(self.folder / f"data/{service}.db")
        database.execute("PRAGMA synchronous = OFF")
        with database:
            database.execute(statement, {"price": PRICE} if ":price" in statement else {})
        database.close()

    def audit(self, quiet=(0, [])):
        sources = Sources(self.folder / "data")
        samples = Samples(sources)
        samples.look()
        return check.run(Evidence(self.folder, sources, samples, quiet))

    def assert_fails(self, name, **options):
        self.assertEqual(self.audit(**options)[name].state, "FAILED", name)

    def test_a_shop_without_a_fault_passes(self):
        states = {name: result.state for name, result in self.audit().items()}
        self.assertEqual(set(states.values()), {"ok"}, states)

    def test_each_change_is_found_by_its_check(self):
        for name, service, statement in CHANGES:
            with self.subTest(name, statement=statement):
                self.setUp()
                self.change(service, statement)
                self.assert_fails(name)

    def test_each_check_has_a_test_that_it_can_fail(self):
        self.assertEqual({name for name, _, _ in CHANGES} | OTHERS, set(check.CHECKS))

    def test_a_used_key_that_is_accepted_again_is_found(self):
        self.tell([*TOLD, {"what": "changed", "key": "k1", "status": 201}])
        self.assert_fails("orders.refusals-hold")

    def assert_refusals(self, state, *told):
        self.tell([*TOLD, *told])
        self.assertEqual(self.audit()["orders.no-needless-refusal"].state, state, told)

    def test_a_refusal_that_nothing_explains_is_found(self):
        asked, refused = {**ASKED, "key": "k3", "account": "a"}, {"what": "answered", "at": 50, "key": "k3", "status": 409, "order": None}
        order = {**ASKED, "key": "k5", "account": "a"}
        accepted = {"what": "answered", "at": 60, "key": "k5", "status": 200, "order": "o1"}
        late = {"what": "answered", "at": 500, "key": "k2", "status": 200, "order": "o2"}
        self.assert_refusals("FAILED", asked, refused, late)
        self.assert_refusals("ok", {**asked, "manner": "rival"}, refused, late)
        # The next order was accepted, soon or not.
        self.assert_refusals("ok", order, asked, refused, accepted, late)
        self.assert_refusals("FAILED", order, asked, refused, {**accepted, "at": 300}, late)
        self.assert_refusals("FAILED", order, asked, {**refused, "status": 422}, accepted, late)
        # An answer that is repeated is no new order, and a refusal that is repeated no new refusal.
        self.assert_refusals("FAILED", order, {**accepted, "at": 40}, asked, refused, accepted, late)
        self.assert_refusals("ok", order, asked, refused, accepted, {**refused, "at": 400}, late)
        # An earlier request, or the same one when it was sent first, may have taken what was in the cart.
        unanswered = {"what": "unanswered", "at": 45, "key": "k4"}
        self.assert_refusals("ok", {**asked, "key": "k4"}, unanswered, asked, refused, late)
        self.assert_refusals("FAILED", {**asked, "key": "k4"}, unanswered, asked, {**refused, "at": 450}, {**late, "at": 600})
        self.assert_refusals("ok", asked, {**unanswered, "key": "k3"}, {**refused, "at": 450}, {**late, "at": 600})
        self.assert_refusals("ok", asked, {"what": "unsent", "key": "k3"}, refused, late)
        # Nothing follows.
        self.assert_refusals("ok", asked, refused)

    def test_a_second_mail_is_found_and_a_repeated_one_allowed(self):
        self.deliver("m1", "1")
        self.assertEqual(self.audit()["mail.one-per-end"].state, "ok")
        self.deliver("m1", "3")
        self.assert_fails("mail.one-per-end")

    def test_work_that_takes_too_long_is_found(self):
        self.assert_fails("work.quiet-within-60s", quiet=(61, []))
        self.assert_fails("work.quiet-within-60s", quiet=(5, ["1 orders in progress"]))

    def test_a_process_that_is_not_started_again_is_found(self):
        with open(self.folder / "shop.log", "a") as log:
            log.write("payments-2 | exited with code 78 and is not restarted: fix what its last line names\n")
        self.assert_fails("work.no-process-given-up")

    def test_a_fault_that_was_not_inflicted_is_found(self):
        self.write("inflicted.jsonl", {"what": "missed", "number": 0, "reason": "it had ended"}, mode="w")
        self.assert_fails("chaos.every-fault-seen")

    def test_chaos_that_did_not_happen_fails(self):
        self.tell([line for line in TOLD if line.get("status") != 200])
        # A lease that expires is not a write that was refused.
        (self.folder / "shop.log").write_text("The lease expired, so other workers may take its jobs.\n")
        results = self.audit()
        states = [results[name].state for name in
                  ("chaos.requests-repeated", "chaos.takeovers", "chaos.fenced", "chaos.duplicates")]
        self.assertEqual(states, ["FAILED"] * 4)

    def test_a_sample_in_which_an_order_goes_back_is_found(self):
        sources = Sources(self.folder / "data")
        samples = Samples(sources)
        samples.look()
        self.change("orders", "UPDATE orders SET status = 'paid' WHERE id = 'o1'")
        samples.look()
        self.assertTrue(samples.faults["orders"])

    def test_an_event_that_appears_behind_a_reader_or_disappears_is_found(self):
        for change in ("INSERT INTO roost_events SELECT 0, 'e0', lane, topic, audience, data FROM roost_events WHERE position = 1",
                       "DELETE FROM roost_events WHERE position = 1"):
            with self.subTest(change):
                self.setUp()
                sources = Sources(self.folder / "data")
                samples = Samples(sources)
                samples.look()
                self.change("events", change)
                samples.look()
                results = check.run(Evidence(self.folder, sources, samples, (0, [])))
                self.assertEqual(results["events.recorded-in-order"].state, "FAILED")

    def test_an_event_that_no_group_has_settled_is_left_to_do(self):
        self.assertEqual(work_left(Sources(self.folder / "data")), [])
        self.change("events", "UPDATE roost_event_lanes SET position = 1 WHERE lane = 7")
        self.assertEqual(work_left(Sources(self.folder / "data")), ["1 events that a group has not settled"])

    def test_an_event_that_nobody_can_decode_is_one_dead_letter(self):
        self.change("events", "INSERT INTO roost_events VALUES (3, 'poison-1', 7, 'orders.ended', '', '{')")
        self.change("orders", "INSERT INTO roost_work VALUES ('parked', 'mail poison-1 0', 'dead', NULL, 'it is no JSON')")
        self.assertEqual(self.audit()["events.dead-letters"].state, "ok")
        self.change("orders", "INSERT INTO roost_work VALUES ('parked', 'mail poison-1 1', 'dead', NULL, 'it is no JSON')")
        self.assert_fails("events.dead-letters")

    def test_a_table_that_is_not_there_is_missing_and_not_passed(self):
        self.change("catalog", "DROP TABLE products")
        self.assertEqual(self.audit()["stock.exact"].state, "missing")

    def test_a_check_that_breaks_is_neither_passed_nor_failed(self):
        self.change("events", "UPDATE roost_events SET data = '{'")
        self.assertEqual(self.audit()["events.one-per-end"].state, "broken")

    def test_only_failed_checks_count_as_failed(self):
        results = {"a": check.Result("", "", ["no"]), "b": check.Result("", "", obstacle="missing"), "c": check.Result("", ""),
                   "d": check.Result("", "", ["no"])}
        self.assertEqual(check.summary(results), "audit: 1 of 4 checks passed; FAILED: a, d; missing: b")
        self.assertEqual(check.failed(check.summary(results)), ["a", "d"])


if __name__ == "__main__":
    unittest.main()
