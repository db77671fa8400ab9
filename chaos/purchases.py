"""The purchases of a run, as data that a seed determines."""
import dataclasses
import random

# Slow ones are in progress for 3 s, so that there is often something to take over.
TOKENS = {"tok_ok": 4, "tok_declined": 2, "tok_flaky": 2, "tok_lost": 2, "tok_slow": 5}
MANNERS = {
    "plain": 12,  # repeats the request under its key until there is an answer
    "twice": 3,  # sends the same request two times at once
    "rival": 2,  # sends two requests for one cart at once, each under a key of its own
    "changed": 1,  # then sends another request under the same key
    "cancelled": 3,  # cancels as soon as the order is placed
    "regretted": 2,  # cancels a moment later
    "careless": 3,  # sends the request once, and never learns what became of it if there is no answer
    "guest": 2,  # fills the cart as a guest, then signs in
}
PLENTY = [f"CHAOS-{number:02}" for number in range(1, 13)]
STOCK = {**{sku: 1_000_000 for sku in PLENTY}, "CHAOS-FEW": 40, "CHAOS-NONE": 0}
PRICE = 990
BUSY = 8  # orders, of which each of two processes is likely to have one
LEAD = 1.5  # seconds by which a slow order is placed earlier to be in progress


@dataclasses.dataclass(frozen=True)
class Purchase:
    number: int
    customer: int
    at: float  # seconds after the start of the load
    key: str
    mail: str
    token: str
    manner: str
    sku: str
    quantity: int
    hang: float | None = None  # the planned time of the hang during which it must be in progress; the hang may begin later

    @property
    def rival_key(self):
        """The key of the other request for the same cart."""
        return self.key + "-rival"


def plan(seed, count, customers, duration):
    """The purchases that a seed determines, spread over a duration in seconds."""
    random_ = random.Random(f"purchases {seed}")

    def purchase(number):
        sku = random_.choices([random_.choice(PLENTY), "CHAOS-FEW", "CHAOS-NONE"], [20, 2, 1])[0]
        key = f"{seed}-{number:05}"
        return Purchase(
            number, number % customers, round(duration * number / count, 3), key, f"order-{key}@chaos.example",
            *(random_.choices(list(table), table.values())[0] for table in (TOKENS, MANNERS)), sku, random_.randint(1, 3))

    return [purchase(number) for number in range(count)]


def busy_at(plan, moments):
    """Returns the purchases of a plan, of which those nearest to each moment are in progress then: a process that hangs must have some work."""
    result = list(plan)
    for moment in moments:
        free = [purchase for purchase in result if purchase.hang is None]
        for purchase in sorted(free, key=lambda purchase: abs(purchase.at - moment))[:BUSY]:
            at = round(max(0, moment - LEAD), 3)
            result[purchase.number] = dataclasses.replace(
                purchase, at=at, hang=moment, token="tok_slow", manner="plain", sku=PLENTY[0])
    return result


def one_of_each(seed):
    """One purchase of each kind of order: paid, declined, flaky, lost, cancelled at once, cancelled while it is charged, and out of stock."""
    kinds = [("tok_ok", "plain"), ("tok_declined", "plain"), ("tok_flaky", "plain"), ("tok_lost", "plain"), ("tok_ok", "cancelled"),
             ("tok_slow", "regretted")]
    wanted = [(*kind, PLENTY[0]) for kind in kinds] + [("tok_ok", "plain", "CHAOS-NONE")]
    return [
        Purchase(number, 0, 0, f"{seed}-{number:05}", f"order-{seed}-{number}@chaos.example", token, manner, sku, 1)
        for number, (token, manner, sku) in enumerate(wanted)
    ]
