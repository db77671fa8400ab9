"""One run: the shop under load and faults, and then the audit."""
import dataclasses
import json
import signal
import subprocess
import sys
import time

from chaos import namespaces, purchases, schedule
from chaos.clock import Clock
from chaos.disk import Disk
from chaos.faults import Faults
from chaos.firewall import Firewall
from chaos.folder import Folder
from chaos.load import Load
from chaos.mail_server import MailServer
from chaos.record import Record
from chaos.servers import PostgreSQL, Redis
from chaos.shop import ROOT, Shop

SPACING = 7.0  # seconds from one fault to the next, on average
SHORTEST = 0.1  # seconds from one order to the next
DISK = 768  # mebibytes


class Auditor:
    """The program that samples the shop and counts in the end."""

    def __init__(self, folder, postgres, checks=(), quiet_within=120):
        command = [sys.executable, "-m", "chaos.auditor", str(folder), "--quiet-within", str(quiet_within)]
        command += ["--postgres", postgres] if postgres else []
        for name in checks:
            command += ["--check", name]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True)

    def conclude(self):
        """Has it count. Returns whether everything was as it should be."""
        self._process.communicate(timeout=600)
        return self._process.returncode == 0

    def stop(self):
        if self._process.poll() is None:
            self._process.kill()


def run(options):
    """Runs the shop as the options say. Returns whether everything was as it should be."""
    # A request to stop ends the run like any failure: what it has started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    print(f"chaos: SEED={options.seed} ORDERS={options.orders} FAULTS={options.faults} ENGINES={options.engines}", flush=True)
    with Folder("chaos", options.keep) as folder:
        folder.passed = _run(options, folder.path)
    return folder.passed


def plans(options):
    """The purchases of a run, the number of its customers, and its faults."""
    kinds = schedule.KINDS[options.engines]
    if options.kinds:
        kinds = {kind: kinds[kind] for kind in options.kinds.split(",")}
    faults = schedule.plan(options.seed, options.faults, SPACING, kinds)
    # The load lasts as long as the faults, and at least as long as it takes to place the orders.
    duration = max(schedule.end(faults), options.orders * SHORTEST)
    customers = max(4, min(24, options.orders // 10))
    return purchases.plan(options.seed, options.orders, customers, duration), customers, faults


def _run(options, folder):
    bought, customers, faults = plans(options)
    _write(folder / "plan.jsonl", faults)
    told, inflicted, mails = (Record(folder / f"{name}.jsonl") for name in ("told", "inflicted", "mails"))
    mail_server = MailServer(mails)
    shop, surroundings = _surroundings(options, folder, {"SMTP_URL": mail_server.url})
    auditor = None
    try:
        mail_server.start()
        for server in surroundings["servers"].values():
            server.start()
        if "postgres" in surroundings["servers"]:
            surroundings["servers"]["postgres"].create(*DATABASES)
        shop.start()
        load = Load(shop, told, bought, customers, options.seed)
        load.prepare()
        postgres = surroundings["servers"].get("postgres")
        auditor = Auditor(folder, postgres and postgres.url, options.check or ())
        print(f"chaos: the shop is up, {customers} customers begin to buy", flush=True)
        load.start()
        Faults(shop, inflicted, **surroundings).run(faults, time.monotonic())
        if not shop.is_running:
            raise RuntimeError(f"the shop has ended:\n{shop.text()[-2000:]}")
        load.finish(limit=600)
        print("chaos: what was inflicted:", (folder / "inflicted.jsonl").read_text(), sep="\n", flush=True)
        passed = auditor.conclude()
        code = shop.stop()
        if code != 0:
            print(f"chaos: the shop ended with {code} when it was asked to stop")
        return passed and code == 0
    finally:
        if auditor is not None:
            auditor.stop()
        if shop.is_running:
            shop.kill()
        for server in surroundings["servers"].values():
            server.stop()
        mail_server.stop()
        for record in (told, inflicted, mails):
            record.close()


DATABASES = ["accounts", "catalog", "orders", "payments", "processor", "notifications"]


def _surroundings(options, folder, settings):
    """The shop, and what there is around it that can be harmed."""
    servers, settings = {}, {"REPLICAS": "orders=2,payments=2", **settings}
    if options.engines == "postgres":
        for name, kind, port in (("postgres", PostgreSQL, 15432), ("redis", Redis, 16379)):
            (folder / name).mkdir()
            servers[name] = kind(folder / name, port)
        settings["DATABASE_URL"] = servers["postgres"].url + "{service}"
        settings["STORE_URL"] = servers["redis"].url
    clock = Clock(folder)
    shop = Shop(folder, {**settings, **clock.settings}, program=options.program)
    own = namespaces.are_own()
    disk = Disk(shop.data, DISK) if own else None
    return shop, {"servers": servers, "firewall": Firewall() if own else None, "disk": disk, "clock": clock}


def _write(path, faults):
    record = Record(path)
    for fault in faults:
        record.add("fault", **{("due" if name == "at" else name): value for name, value in dataclasses.asdict(fault).items()})
    record.close()
    print("chaos: the schedule:", *(json.dumps(dataclasses.asdict(fault)) for fault in faults), sep="\n", flush=True)
