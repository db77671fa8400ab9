"""Ends the shop at each place between two acts that last, once for each kind of order, and audits what became of the orders.

The places are the cases of the enumerations that conform to `CrashPlace`. The shop runs in one process, in which every place can be
reached; its supervisor starts it again.
"""
import concurrent.futures
import dataclasses
import pathlib
import re
import time

from chaos import purchases
from chaos.auditor.samples import work_left
from chaos.auditor.sources import Missing, Sources
from chaos.customer import Administrator, Customer
from chaos.folder import Folder
from chaos.mail_server import MailServer
from chaos.record import Record
from chaos.run import Auditor
from chaos.shop import ROOT, Shop

LIMIT = 45  # seconds for one order to end, with a crash on its way
CRASHES = 4  # after which the shop is started anew, because its supervisor waits longer after each
SHOPS = 2  # that run at the same time
CHECKS = [
    "orders.accepted-ended", "orders.unknown-absent-or-ended", "orders.one-per-key", "orders.asked-for", "orders.refusals-hold",
    "orders.paths", "orders.ends", "payments.one-charge", "stock.exact", "ledger.balanced-in-every-sample", "ledger.one-posting-per-outcome",
    "ledger.no-open-difference", "payments.tokens-cleared", "events.one-per-end", "events.settled-by-every-group",
    "mail.one-per-end", "events.no-dead-letters", "work.nothing-left", "workflow.one-run-per-order",
]
CASE = re.compile(r'^\s*case \w+ = "([a-z.-]+)"', re.MULTILINE)
ENUMERATION = re.compile(r"enum \w+: String, CrashPlace \{")


def places():
    """All places, as the sources list them."""
    found = []
    for folder in (ROOT / "Sources", ROOT / "shop"):
        for path in sorted(folder.rglob("*Place.swift")):
            text = path.read_text(encoding="utf-8")
            if ENUMERATION.search(text):
                found += CASE.findall(text)
    return found


@dataclasses.dataclass
class Case:
    place: str
    purchase: purchases.Purchase
    was_reached: bool = False
    seconds: float = 0.0
    fault: str = ""


class Bench:
    """A shop in which one place after the other is reached."""

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
        self._auditor = None

    def run(self, cases):
        """Runs the cases one after the other. Returns whether the audit found everything as it should be."""
        try:
            self._mail_server.start()
            self._shop.start()
            Administrator(self._shop, self._told).stock()
            self._customer.sign_up()
            self._auditor = Auditor(self._folder, None, CHECKS, quiet_within=10)
            for case in cases:
                self._try(case)
                print(f"{case.place:24} {case.purchase.token:14} {case.purchase.manner:10} {case.purchase.sku:11} "
                      f"{'reached' if case.was_reached else '-':8} {case.seconds:5.1f} s {case.fault}", flush=True)
                if case.fault:
                    # What has not ended would be a fault of the following cases too.
                    break
            return self._auditor.conclude() and not any(case.fault for case in cases)
        finally:
            if self._auditor is not None:
                self._auditor.stop()
            if self._shop.is_running:
                self._shop.stop()
            self._mail_server.stop()
            self._told.close()
            self._mails.close()

    def _try(self, case):
        if self._crashes >= CRASHES:
            self._shop.kill()
            self._shop.start()
            self._crashes = 0
        begin = time.monotonic()
        self._reached.unlink(missing_ok=True)
        written = self._file.with_suffix(".new")
        written.write_text(case.place)
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


def run(options):
    """Goes through all places and kinds of order. Returns whether each place was reached and everything was as it should be."""
    wanted = [place for place in places() if not options.place or place in options.place]
    if options.place and len(wanted) < len(options.place):
        raise SystemExit(f"chaos: there are only these places: {', '.join(places())}")
    cases = []
    for number, place in enumerate(wanted):
        cases += [Case(place, dataclasses.replace(each, customer=0)) for each in purchases.one_of_each(f"{place}")]
    groups = [cases[first::SHOPS] for first in range(SHOPS)] if len(wanted) > 1 else [cases]
    with Folder("crash-points") as folder:
        with concurrent.futures.ThreadPoolExecutor(SHOPS) as pool:
            benches = [pool.submit(Bench(number, folder.path).run, group) for number, group in enumerate(groups)]
            folder.passed = all([bench.result() for bench in benches])
        reached = {case.place for case in cases if case.was_reached}
        never = [place for place in wanted if place not in reached]
        print(f"crash points: {len(wanted)} places, {len(cases)} cases, {sum(case.was_reached for case in cases)} crashes" + (
            f"; never reached: {', '.join(never)}" if never else ""), flush=True)
        folder.passed = folder.passed and not never
    return folder.passed
