"""Shows that a process that has lost its work while it hung changes nothing any more.

Random faults seldom show it: what has taken the work over has mostly finished it before the other process goes on. So here whoever has taken it
over is stopped too.
"""
import contextlib
import signal
import time

from chaos import processes, purchases
from chaos.administrator import Administrator
from chaos.auditor import check
from chaos.auditor.samples import wait_until_quiet
from chaos.auditor.sources import Sources
from chaos.customer import Customer
from chaos.mail_server import MailServer
from chaos.record import Record
from chaos.schedule import LEASE, WORKERS
from chaos.shop import Shop

NAME = "work.fenced"
ORDERS = 4  # so that each of the two processes is likely to have one
WATCH = 7  # seconds, in which the lease of what has the work does not expire
FENCED = "Another worker has taken the run"


def run(options, folder):
    """Has one process lose its work to another one. Returns whether it then changed nothing."""
    with contextlib.ExitStack() as stack:
        mails, told = (stack.enter_context(contextlib.closing(Record(folder / f"{name}.jsonl"))) for name in ("mails", "told"))
        mail_server = MailServer(mails)
        mail_server.start()
        stack.callback(mail_server.stop)
        shop = Shop(folder, {"REPLICAS": "orders=2,payments=2", "SMTP_URL": mail_server.url})
        stack.callback(shop.kill)
        shop.start()
        Administrator(shop, told).stock()
        results = {NAME: _Trial(shop, told).run()}
    print(check.table(results), check.summary(results), sep="\n", flush=True)
    return results[NAME].state == "ok"


class _Trial:
    def __init__(self, shop, told):
        self._shop = shop
        self._told = told
        self._sources = Sources(shop.data)
        self._members = shop.members()

    def run(self):
        payments = [name for name in self._members if name.startswith("payments")]
        try:
            self._send(signal.SIGSTOP, *payments)
            self._order()
            loser, runs = self._take_over()
            result = self._watch(loser, payments, runs)
        finally:
            self._send(signal.SIGCONT, *payments, *WORKERS)
        _, left = wait_until_quiet(self._sources, 60)
        result.faults += [f"after 60 s: {each}" for each in left]
        return result

    def _send(self, number, *names):
        for name in names:
            processes.send(self._members[name], number)

    def _order(self):
        """Places orders, whose runs then wait for the payments."""
        for number in range(ORDERS):
            customer = Customer(self._shop, self._told, f"fence-{number}@chaos.example")
            customer.sign_up()
            customer.buy(purchases.one_of_each(f"fence-{number}")[0])

        def are_reserved():
            return self._sources.rows("orders", "SELECT count(*) AS n FROM orders WHERE status = 'reserved'")[0]["n"] == ORDERS

        processes.wait_for(are_reserved, 60, "the orders are reserved")

    def _holders(self):
        """The workers that have the runs, by the runs."""
        rows = self._sources.rows("orders", "SELECT id, worker FROM roost_work WHERE queue LIKE 'run %' AND worker IS NOT NULL")
        return {row["id"]: row["worker"] for row in rows}

    def _take_over(self):
        """Stops a process until the other one has taken its runs over, and then the other one too. Returns the process, and the runs."""
        for loser, winner in (WORKERS, WORKERS[::-1]):
            before = self._holders()
            self._send(signal.SIGSTOP, loser)

            def taken(before=before):
                return {run for run, worker in self._holders().items() if before.get(run, worker) != worker}

            with contextlib.suppress(TimeoutError):
                processes.wait_for(taken, LEASE + 5, f"the runs of {loser} are taken over")
                # Nothing may be stopped in the middle of a transaction, for which all others would have to wait.
                time.sleep(0.3)
                self._send(signal.SIGSTOP, winner)
                return loser, taken()
            # It had no run.
            self._send(signal.SIGCONT, loser)
        raise RuntimeError("no run was taken over")

    def _records(self, runs):
        """Everything that the claim of a run guards."""
        queries = self._sources.snapshot(
            "orders", "SELECT id, worker, epoch, state, attempts, due_at FROM roost_work",
            "SELECT run_id AS id, name, is_undo, outcome FROM roost_run_steps", "SELECT id, status, reason FROM roost_runs",
            "SELECT id, status FROM orders")
        return sorted(str(row) for rows in queries for row in rows if row["id"] in runs)

    def _watch(self, loser, payments, runs):
        """Has the process that lost the runs go on, and looks at what it does to them."""
        before, offset = self._records(runs), len(self._shop.text().encode())
        self._send(signal.SIGCONT, *payments, loser)
        faults, end = [], time.monotonic() + WATCH
        while time.monotonic() < end and not faults:
            time.sleep(0.1)
            faults = [f"{loser} has changed {each}" for each in sorted(set(self._records(runs)) ^ set(before))]
        refused = sum(FENCED in line for line in self._shop.text(offset).splitlines())
        if not faults and not refused:
            faults.append(f"{loser} has not noticed within {WATCH} s that it has lost its runs")
        return check.Result("refused, and no change", f"{refused} refused, {len(faults)} changes", faults)
