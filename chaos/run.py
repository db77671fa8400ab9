"""One run: the shop under load and faults, and then the audit."""
import contextlib
import dataclasses
import json
import time

from chaos import namespaces, purchases, schedule
from chaos.administrator import Administrator, Watch
from chaos.auditing import Auditing
from chaos.faults import Faults
from chaos.load import Load
from chaos.record import Record
from chaos.surroundings import Surroundings

SPACING = 7.0  # seconds from one fault to the next, on average
SHORTEST = 0.1  # seconds from one order to the next
MOST = {"kafka": 10_000}  # orders: the mock drops the oldest events beyond 5 MiB of a partition


def run(options, folder):
    """Runs the shop as the options say. Returns whether everything was as it should be."""
    print(f"chaos: SEED={options.seed} ORDERS={options.orders} FAULTS={options.faults} ENGINES={options.engines}", flush=True)
    if options.orders > MOST.get(options.engines, options.orders):
        raise SystemExit(f"chaos: with {options.engines}, a run has {MOST[options.engines]} orders at most")
    bought, customers, faults = plans(options)
    with contextlib.ExitStack() as stack:
        told, inflicted, mails = (_record(stack, folder / f"{name}.jsonl") for name in ("told", "inflicted", "mails"))
        _write(_record(stack, folder / "plan.jsonl"), faults)
        surroundings = stack.enter_context(Surroundings(options, folder, mails))
        surroundings.start()
        load = Load(surroundings.shop, told, bought, customers, options.seed)
        load.prepare()
        auditing = stack.enter_context(Auditing(folder, surroundings.postgres, surroundings.broker, options.check or ()))
        print(f"chaos: the shop is up, {customers} customers begin to buy", flush=True)
        load.start()
        all_inflicted = Faults(surroundings, inflicted, load.give_work).run(faults, time.monotonic())
        if not surroundings.shop.is_running:
            raise RuntimeError(f"the shop has ended:\n{surroundings.shop.text()[-2000:]}")
        load.finish(limit=600)
        print("chaos: what was inflicted:", (folder / "inflicted.jsonl").read_text(), sep="\n", flush=True)
        return _conclude(surroundings.shop, Administrator(surroundings.shop, told), auditing) and all_inflicted


def _conclude(shop, administrator, auditing):
    """Has the auditor count while the administrator looks after the runs, and stops the shop."""
    with Watch(administrator):
        passed = auditing.conclude()
    print(f"chaos: {len(administrator.retried)} runs were retried by the administrator", *sorted(administrator.retried), flush=True)
    code = shop.stop()
    if code != 0:
        print(f"chaos: the shop ended with {code} when it was asked to stop", flush=True)
    return passed and code == 0


def plans(options):
    """The purchases of a run, the number of its customers, and its faults."""
    faults = schedule.plan(options.seed, options.faults, SPACING, _kinds(options))
    # The load lasts as long as the faults, and at least as long as it takes to place the orders.
    duration = max(schedule.end(faults), options.orders * SHORTEST)
    customers = max(4, min(24, options.orders // 10))
    bought = purchases.plan(options.seed, options.orders, customers, duration)
    return purchases.busy_at(bought, [fault.at for fault in faults if fault.kind == "hang"]), customers, faults


def _kinds(options):
    """The kinds of fault that are wanted and can be inflicted here."""
    kinds = schedule.KINDS[options.engines]
    if options.kinds:
        wanted = options.kinds.split(",")
        if unknown := set(wanted) - kinds.keys():
            raise SystemExit(f"chaos: there is no fault {', '.join(sorted(unknown))}; there are {', '.join(kinds)}")
        kinds = {kind: kinds[kind] for kind in wanted}
    if namespaces.are_own():
        return kinds
    left_out = [name for name, kind in kinds.items() if kind.needs_namespaces]
    if left_out:
        print(f"chaos: without namespaces these faults cannot be inflicted, and are left out: {', '.join(left_out)}", flush=True)
    possible = {name: kind for name, kind in kinds.items() if name not in left_out}
    if options.faults and not possible:
        raise SystemExit("chaos: no fault is left")
    return possible


def _record(stack, path):
    return stack.enter_context(contextlib.closing(Record(path)))


def _write(record, faults):
    for fault in faults:
        record.add("fault", **{("due" if name == "at" else name): value for name, value in dataclasses.asdict(fault).items()})
    print("chaos: the schedule:", *(json.dumps(dataclasses.asdict(fault)) for fault in faults), sep="\n", flush=True)
