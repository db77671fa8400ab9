"""Ends the shop at each crash point, once for each kind of order, and audits what became of the orders.

A crash point is a place between two durable operations, such as two commits: a case of an enumeration that conforms to `CrashPoint`. The
shop runs in one process, in which each of them can be reached; its supervisor starts it again.
"""
import concurrent.futures
import contextlib
import dataclasses
import pathlib
import re
import time

from chaos import purchases
from chaos.administrator import Administrator
from chaos.auditing import Auditing
from chaos.auditor.samples import work_left
from chaos.auditor.sources import Missing, Sources
from chaos.customer import Customer
from chaos.mail_server import MailServer
from chaos.record import Record
from chaos.shop import ROOT, Shop

LIMIT = 120  # seconds for one order to end, with a crash on its way
CRASHES = 4  # after which the shop is started anew, because its supervisor waits longer after each
SHOPS = 2  # that run at the same time
CHECKS = [
    "orders.accepted-ended", "orders.one-per-key", "orders.asked-for", "orders.paths", "orders.ends", "payments.one-charge",
    "payments.tokens-cleared", "ledger.balanced-in-every-sample", "ledger.one-posting-per-outcome", "ledger.no-open-difference",
    "stock.exact", "events.one-per-end", "events.settled-by-every-group", "events.dead-letters", "mail.one-per-end",
    "work.nothing-left", "workflow.one-run-per-order", "workflow.undos-recorded",
]
CASE = re.compile(r'^\s*case \w+ = "([a-z.-]+)"', re.MULTILINE)
ENUMERATION = re.compile(r"enum \w+: String, CrashPoint \{")


def points():
    """The names of all crash points, as the sources list them."""
    found = []
    for folder in (ROOT / "Sources", ROOT / "shop"):
        for path in sorted(folder.rglob("*Place.swift")):
            text = path.read_text(encoding="utf-8")
            if ENUMERATION.search(text):
                found += CASE.findall(text)
    return found


@dataclasses.dataclass
class Case:
    point: str
    purchase: purchases.Purchase
    was_reached: bool = False
    seconds: float = 0.0
    fault: str = ""


class Bench:
    """A shop in which one crash point after the other is reached."""

    def __init__(self, number, folder):
        self._folder = folder / str(number)
        self._folder.mkdir()
        self._file = self._folder / "crash-at"
        self._reached = pathlib.Path(f"{self._file}.reached")
        self._mails = Record(self._folder / "mails.jsonl")
        self._mail_server = MailServer(self._mails)
        self._shop = Shop(self._folder, {"CRASH_AT": str(self._file), "SMTP_URL": self._mail_server.url}, together=True)
        self._sources = Sources(self._shop.data)
        self._told = Record(self._folder / "told.jsonl")
        self._customer = Customer(self._shop, self._told, f"bench-{number}@chaos.example")
        self._crashes = 0

    def run(self, cases):
        """Runs the cases one after the other. Returns whether the audit found everything as it should be."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.closing(self._mails))
            stack.enter_context(contextlib.closing(self._told))
            self._mail_server.start()
            stack.callback(self._mail_server.stop)
            stack.callback(self._shop.kill)
            self._shop.start()
            Administrator(self._shop, self._told).stock()
            self._customer.sign_up()
            auditing = stack.enter_context(Auditing(self._folder, checks=CHECKS, quiet_within=60))
            self._try_all(cases)
            return auditing.conclude() and not any(case.fault for case in cases)

    def _try_all(self, cases):
        for case in cases:
            self._try(case)
            print(f"{case.point:24} {case.purchase.token:14} {case.purchase.manner:10} {case.purchase.sku:11} "
                  f"{'reached' if case.was_reached else '-':8} {case.seconds:5.1f} s {case.fault}", flush=True)
            if case.fault:
                # What has not ended would be a fault of the following cases too.
                return

    def _try(self, case):
        if self._crashes >= CRASHES:
            self._shop.kill()
            self._shop.start()
            self._crashes = 0
        begin = time.monotonic()
        self._reached.unlink(missing_ok=True)
        written = self._file.with_suffix(".new")
        written.write_text(case.point)
        written.rename(self._file)
        self._customer.buy(case.purchase)
        while left := self._left(case.purchase):
            if time.monotonic() - begin > LIMIT:
                case.fault = f"not ended after {LIMIT} s: {left}"
                break
            time.sleep(0.02)
        self._file.unlink(missing_ok=True)
        case.was_reached = self._reached.exists()
        self._crashes += case.was_reached
        case.seconds = time.monotonic() - begin

    def _left(self, purchase):
        """What is still to be done for an order, up to the mail about its end."""
        try:
            left = work_left(self._sources)
        except (Missing, OSError) as error:
            return [str(error)]
        mails = (self._folder / "mails.jsonl").read_text(encoding="utf-8")
        return left if purchase.mail in mails else ["its mail is not there", *left]


def run(options, folder):
    """Goes through all crash points and kinds of order. Returns whether each point was reached and everything was as it should be."""
    known = points()
    if not known:
        raise SystemExit("chaos: the sources list no crash point")
    if unknown := set(options.point or ()) - set(known):
        raise SystemExit(f"chaos: there is no crash point {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    wanted = [point for point in known if not options.point or point in options.point]
    cases = [Case(point, dataclasses.replace(each, customer=0)) for point in wanted for each in purchases.one_of_each(point)]
    groups = [cases[first::SHOPS] for first in range(SHOPS)] if len(wanted) > 1 else [cases]
    with concurrent.futures.ThreadPoolExecutor(SHOPS) as pool:
        benches = [pool.submit(Bench(number, folder).run, group) for number, group in enumerate(groups)]
        passed = all([bench.result() for bench in benches])
    reached = {case.point for case in cases if case.was_reached}
    never = [point for point in wanted if point not in reached]
    print(f"crash points: {len(wanted)} points, {len(cases)} cases, {sum(case.was_reached for case in cases)} crashes" + (
        f"; never reached: {', '.join(never)}" if never else ""), flush=True)
    return passed and not never
