"""Each check of the auditor finds the fault that it is for, in a small shop that is right but for this fault."""
import json
import pathlib
import sqlite3
import tempfile
import unittest

from chaos.auditor import check, delivery, ledger, money, orders, reality  # noqa: F401 (they register their checks)
from chaos.auditor.evidence import Evidence
from chaos.auditor.samples import Samples
from chaos.auditor.sources import Sources

TABLES = {
    "orders": """
        CREATE TABLE orders (id TEXT, status TEXT, items TEXT, total TEXT, idempotency_key TEXT, email TEXT);
        CREATE TABLE order_history (order_id TEXT, number INTEGER, status TEXT);
        CREATE TABLE roost_work (queue TEXT, id TEXT, state TEXT, worker TEXT, reason TEXT);""",
    "payments": """
        CREATE TABLE payments (id TEXT, order_id TEXT, status TEXT, amount TEXT, token TEXT);
        CREATE TABLE ledger_transfers (payment TEXT, kind TEXT, debit TEXT, credit TEXT, amount INTEGER, currency TEXT, is_posted INTEGER);
        CREATE TABLE ledger_balances (account TEXT, currency TEXT, debits INTEGER, credits INTEGER);
        CREATE TABLE ledger_differences (payment TEXT, kind TEXT, found TEXT, is_open INTEGER);""",
    "processor": "CREATE TABLE charges (id TEXT, status TEXT, amount TEXT);",
    "catalog": "CREATE TABLE products (sku TEXT, stock INTEGER, category TEXT);",
    "events": "CREATE TABLE roost_events (position INTEGER, id TEXT, topic TEXT, event_key TEXT, data BLOB);",
}
PRICE = json.dumps({"amount": 990, "currency": "EUR"})
RIGHT = [
    ("orders", "INSERT INTO orders VALUES ('o1', 'confirmed', '[{\"sku\": \"A\", \"quantity\": 2}]', :price, 'k1', 'm1@chaos.example')"),
    ("orders", "INSERT INTO order_history VALUES ('o1', 0, 'pending'), ('o1', 1, 'reserved'), ('o1', 2, 'paid'), ('o1', 3, 'confirmed')"),
    ("payments", "INSERT INTO payments VALUES ('p1', 'o1', 'captured', :price, '')"),
    ("payments", "INSERT INTO ledger_transfers VALUES ('p1', 'authorization', 'clearing', 'payables', 990, 'EUR', 0),"
                 "('p1', 'capture', 'clearing', 'payables', 990, 'EUR', 1), ('p1', 'sale', 'payables', 'sales', 990, 'EUR', 1)"),
    ("payments", "INSERT INTO ledger_balances VALUES ('clearing', 'EUR', 990, 0), ('payables', 'EUR', 990, 990), ('sales', 'EUR', 0, 990)"),
    ("processor", "INSERT INTO charges VALUES ('p1', 'captured', :price)"),
    ("catalog", "INSERT INTO products VALUES ('A', 98, 'chaos')"),
    ("events", "INSERT INTO roost_events VALUES (1, 'e1', 'orders.ended', 'o1', '{\"orderId\": \"o1\", \"status\": \"confirmed\"}')"),
]
TOLD = [
    {"what": "product", "sku": "A", "stock": 100},
    {"what": "asked", "key": "k1", "token": "tok_ok", "manner": "plain", "sku": "A", "quantity": 2, "mail": "m1@chaos.example",
     "account": "c@chaos.example"},
    {"what": "asked", "key": "k1-rival", "token": "tok_ok", "manner": "rival", "sku": "A", "quantity": 2, "mail": "m1@chaos.example",
     "account": "c@chaos.example"},
    {"what": "answered", "key": "k1-rival", "status": 409, "order": None, "location": "o1", "again": False},
    {"what": "answered", "key": "k1", "status": 201, "order": "o1", "location": "o1", "again": False},
]
FAULTS = {
    "orders.accepted-ended": ("orders", "UPDATE orders SET status = 'paid'"),
    "orders.one-per-key": ("orders", "INSERT INTO orders SELECT 'o2', status, items, total, 'k1', email FROM orders"),
    "orders.one-per-cart": ("orders", "INSERT INTO orders SELECT 'o2', status, items, total, 'k1-rival', email FROM orders"),
    "orders.asked-for": ("orders", "UPDATE orders SET idempotency_key = 'k9'"),
    "orders.paths": ("orders", "UPDATE order_history SET status = 'declined' WHERE number = 2"),
    "orders.ends": ("orders", "UPDATE orders SET status = 'declined'"),
    "payments.one-charge": ("processor", "UPDATE charges SET status = 'refunded'"),
    "payments.tokens-cleared": ("payments", "UPDATE payments SET token = 'tok_ok'"),
    "ledger.balanced-in-every-sample": ("payments", "UPDATE ledger_balances SET debits = 980 WHERE account = 'clearing'"),
    "ledger.one-posting-per-outcome": ("payments", "DELETE FROM ledger_transfers WHERE kind = 'sale'"),
    "ledger.no-open-difference": ("payments", "INSERT INTO ledger_differences VALUES ('p1', 'amount', 'too little', 1)"),
    "stock.exact": ("catalog", "UPDATE products SET stock = 96"),
    "events.one-per-end": ("events", "INSERT INTO roost_events SELECT 2, 'e2', topic, event_key, data FROM roost_events"),
    "events.no-dead-letters": ("orders", "INSERT INTO roost_work VALUES ('outbox', 'e1', 'dead', NULL, 'no')"),
    "work.nothing-left": ("orders", "INSERT INTO roost_work VALUES ('orders', 'o1', 'waiting', 'w1', NULL)"),
}


class AuditorTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "data").mkdir()
        (self.folder / "shop.log").write_text("")
        (self.folder / "told.jsonl").write_text("".join(json.dumps(line) + "\n" for line in TOLD))
        self.deliver("1")
        for service, tables in TABLES.items():
            with sqlite3.connect(self.folder / f"data/{service}.db") as database:
                database.executescript(tables)
        for service, statement in RIGHT:
            self.change(service, statement)

    def deliver(self, number):
        with open(self.folder / "mails.jsonl", "a") as mails:
            mails.write(json.dumps({"what": "mail", "to": "m1@chaos.example", "id": f"<{number}@shop.example>"}) + "\n")

    def change(self, service, statement):
        database = sqlite3.connect(self.folder / f"data/{service}.db")
        with database:
            database.execute(statement, {"price": PRICE} if ":price" in statement else {})
        database.close()

    def audit(self):
        sources = Sources(self.folder / "data")
        samples = Samples(sources)
        samples.look()
        return check.run(Evidence(self.folder, sources, samples, (0, [])))

    def test_a_shop_without_a_fault_passes(self):
        states = {name: result.state for name, result in self.audit().items() if name in [*FAULTS, "mail.one-per-end"]}
        self.assertEqual(set(states.values()), {"ok"}, states)

    def test_each_fault_is_found_by_its_check(self):
        for name, (service, statement) in FAULTS.items():
            with self.subTest(name):
                self.setUp()
                self.change(service, statement)
                self.assertEqual(self.audit()[name].state, "FAILED")

    def test_an_answer_without_its_order_is_found(self):
        self.change("orders", "DELETE FROM orders")
        self.assertEqual(self.audit()["orders.accepted-ended"].state, "FAILED")

    def test_a_second_mail_is_found_and_a_repeated_one_allowed(self):
        self.deliver("1")
        self.assertEqual(self.audit()["mail.one-per-end"].state, "ok")
        self.deliver("2")
        self.assertEqual(self.audit()["mail.one-per-end"].state, "FAILED")

    def test_a_table_that_is_not_there_is_missing_and_not_passed(self):
        self.change("catalog", "DROP TABLE products")
        self.assertEqual(self.audit()["stock.exact"].state, "missing")

    def test_chaos_that_did_not_happen_fails(self):
        self.assertEqual(self.audit()["chaos.takeovers"].state, "FAILED")


if __name__ == "__main__":
    unittest.main()
