"""The faults of a run, as data that a seed determines."""
import dataclasses
import random

SERVICES = ["gateway", "accounts", "catalog", "carts", "orders-1", "orders-2", "payments-1", "payments-2", "processor", "notifications"]
LEASE = 15  # seconds after which others take the work of a process that hangs


@dataclasses.dataclass(frozen=True)
class Fault:
    number: int
    at: float  # seconds after the start of the load
    kind: str
    target: str
    lasts: float  # seconds; 0 for what happens at once


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of fault: how often it is chosen, what it can hit, and the shortest and longest duration in seconds."""

    weight: int
    targets: tuple
    lasts: tuple = (0, 0)


def _services(*excluded):
    return tuple(name for name in SERVICES if name not in excluded)


WORKERS = ("orders-1", "orders-2")
PORTS = ("catalog", "carts", "payments", "processor", "orders")
EMBEDDED = {
    "kill": Kind(10, (*_services(), *WORKERS)),
    "kill-all": Kind(2, ("shop",)),
    "hang": Kind(3, WORKERS, (LEASE + 2, LEASE + 4)),
    "starve": Kind(2, _services("gateway"), (5, 10)),
    "requests-lost": Kind(2, PORTS, (3, 8)),
    "answers-lost": Kind(2, PORTS, (3, 8)),
    "disk-full": Kind(2, ("data",), (3, 6)),
    "clock-ahead": Kind(1, ("shop",), (5, 10)),
}
SERVERS = {
    "kill-server": Kind(3, ("postgres", "redis"), (1, 3)),
    "hang-server": Kind(2, ("postgres", "redis"), (3, 8)),
    "requests-lost": Kind(3, (*PORTS, "postgres", "redis"), (3, 8)),
    "answers-lost": Kind(3, (*PORTS, "postgres", "redis"), (3, 8)),
}
KINDS = {"embedded": EMBEDDED, "postgres": {**EMBEDDED, **SERVERS}}


def plan(seed, count, spacing, kinds):
    """The faults that a seed determines, with a spacing of so many seconds on average: each kind once, as far as there is room, and then by
    weight. They may overlap, but for a process that hangs, which has to hang for longer than its lease."""
    random_ = random.Random(f"faults {seed}")
    chosen = random_.sample(list(kinds), len(kinds))[:count]
    chosen += random_.choices(list(kinds), [kind.weight for kind in kinds.values()], k=count - len(chosen))
    random_.shuffle(chosen)
    faults, time = [], 0.0
    for number, kind in enumerate(chosen):
        time += spacing * random_.uniform(0.5, 1.5)
        lasts = random_.uniform(*kinds[kind].lasts)
        faults.append(Fault(number, round(time, 3), kind, random_.choice(kinds[kind].targets), round(lasts, 3)))
        if kind == "hang":
            time += lasts
    return faults


def end(faults):
    """When the last of the faults has ended, in seconds after the start of the load."""
    return max((fault.at + fault.lasts for fault in faults), default=0)
