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
    recovery: float = 0  # seconds after its end in which the shop gets over it, so that another fault of the same thing would not be seen
    needs_namespaces: bool = False


def _services(*excluded):
    return tuple(name for name in SERVICES if name not in excluded)


WORKERS = ("orders-1", "orders-2")
PORTS = ("catalog", "carts", "payments", "processor", "orders")
EMBEDDED = {
    "kill": Kind(10, (*_services(), *WORKERS), recovery=2),
    "kill-all": Kind(2, ("shop",), recovery=15),
    "hang": Kind(3, WORKERS, (LEASE + 2, LEASE + 4), recovery=2),
    "starve": Kind(2, _services("gateway"), (5, 10)),
    "requests-lost": Kind(2, PORTS, (3, 8), needs_namespaces=True),
    "answers-lost": Kind(2, PORTS, (3, 8), needs_namespaces=True),
    "disk-full": Kind(2, ("data",), (3, 6), recovery=5, needs_namespaces=True),
    "clock-ahead": Kind(1, ("clock",), (5, 10), recovery=1),
    "deliver-again": Kind(2, ("events",), recovery=5),
    "poison": Kind(1, ("events",), recovery=5),
}
SERVERS = {
    "kill-server": Kind(3, ("postgres", "redis"), (1, 3), recovery=5),
    "kill-both": Kind(2, ("postgres", "redis"), (4, 10), recovery=15),
    "hang-server": Kind(2, ("postgres", "redis"), (3, 8)),
    "requests-lost": Kind(3, (*PORTS, "postgres", "redis"), (3, 8), needs_namespaces=True),
    "answers-lost": Kind(3, (*PORTS, "postgres", "redis"), (3, 8), needs_namespaces=True),
}


def _of_broker(name):
    """What can be done to the events on a broker, and to the way to it."""
    return {
        "deliver-again": Kind(2, (name,), recovery=5),
        "poison": Kind(1, (name,), recovery=5),
        # Some last longer than a silence after which a connection is given up.
        "hang-server": Kind(2, (name,), (3, 20), recovery=5),
        "cut-off": Kind(2, (name,), (3, 20), recovery=5, needs_namespaces=True),
        "requests-lost": Kind(3, (*PORTS, name), (3, 8), needs_namespaces=True),
        "answers-lost": Kind(3, (*PORTS, name), (3, 8), needs_namespaces=True),
    }


RABBITMQ = {
    "kill-server": Kind(3, ("rabbitmq",), (1, 3), recovery=5),
    "kill-both": Kind(2, ("rabbitmq",), (4, 10), recovery=15),
    "restart-server": Kind(2, ("rabbitmq",), recovery=5),
}
# The mock of Kafka is in memory, so it is never killed.
KAFKA = {
    "broker-down": Kind(3, ("kafka",), (3, 10), recovery=5),
    "move-leader": Kind(2, ("kafka",), recovery=2),
    "request-errors": Kind(2, ("kafka",), recovery=2),
}
KINDS = {
    "embedded": EMBEDDED,
    "postgres": {**EMBEDDED, **SERVERS},
    "rabbitmq": {**EMBEDDED, **_of_broker("rabbitmq"), **RABBITMQ},
    "kafka": {**EMBEDDED, **_of_broker("kafka"), **KAFKA},
}
# Without these, nothing is taken over, nobody is fenced and nothing is delivered twice, and the audit would find that the chaos was not real.
FIRST = ("kill", "hang", "deliver-again")


def plan(seed, count, spacing, kinds):
    """Returns the faults that a seed determines, with a spacing of so many seconds on average.

    Each kind occurs once if there is room, and the rest is chosen by weight. Faults can overlap if each is felt beside the other. Nothing
    else happens while a process hangs, so that it is its lease that ends its work.
    """
    random_ = random.Random(f"faults {seed}")
    faults, time = [], 0.0
    for number, name in enumerate(_choose(random_, count, kinds)):
        kind = kinds[name]
        time += spacing * random_.uniform(0.5, 1.5)
        target, lasts = random_.choice(kind.targets), round(random_.uniform(*kind.lasts), 3)
        time = max([time, *(_over(fault, kinds) for fault in faults if masks(fault, name, target))])
        fault = Fault(number, round(time, 3), name, target, lasts)
        faults.append(fault)
        if name == "hang":
            time = _over(fault, kinds)
    return faults


def _choose(random_, count, kinds):
    """The names of the kinds of so many faults, in the order of their times."""
    first = [name for name in FIRST if name in kinds]
    others = [name for name in kinds if name not in first]
    chosen = [*first, *random_.sample(others, len(others))][:count]
    chosen += random_.choices(list(kinds), [kind.weight for kind in kinds.values()], k=count - len(chosen))
    random_.shuffle(chosen)
    return chosen


def _over(fault, kinds):
    """When the shop has got over a fault, in seconds after the start of the load."""
    return round(fault.at + fault.lasts + kinds[fault.kind].recovery, 3)


def masks(fault, name, target):
    """Whether a fault would hide another one of a kind and target while it lasts, or would be hidden by it."""
    if {"kill-all", "kill-both", "hang"} & {fault.kind, name}:
        return True
    # Two processes of one service are behind one port, and take each other's work.
    return fault.target.partition("-")[0] == target.partition("-")[0]


def end(faults):
    """When the last of the faults has ended, in seconds after the start of the load."""
    return max((fault.at + fault.lasts for fault in faults), default=0)
