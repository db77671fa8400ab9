"""The whole shop, as `make run` starts it: customers who buy over HTTP, the cost of an order, and the cost of being idle."""
import contextlib, dataclasses, pathlib, re, statistics, tempfile, threading, time

from .building import run, say
from .peers import BENCH, OURS, Unavailable
from .postgres import USER, Postgres
from .processes import cpu_seconds, family
from .redis import Redis
from .sections import Samples, turns
from .shop_customer import Client, Customer
from .shop_process import ADMIN, Shop

ROOT = BENCH.parent
PROGRAM = ROOT / ".build/release/shop"
WAYS = {"apart": [], "together": ["--together"], "apart, PostgreSQL and Redis": []}
# What was acknowledged is on the disk, as it is with SQLite.
POSTGRES, REDIS = {"synchronous_commit": "on"}, {"appendonly": "yes", "appendfsync": "always"}
CUSTOMERS = (1, 16)
# A load ends after its duration, or after this number of orders.
MOST_ORDERS = 10_000
IDLE_SECONDS = 5
SETTLE_SECONDS = 60


def build():
    run([str(ROOT / "scripts/swift"), "build", "-c", "release", "-Xswiftc", "-static-stdlib", "--package-path", "shop", "--product", "shop"], ROOT)


def shop(rounds, seconds, others, skipped):
    """This build and `others` ({name: program}) in turn. Each round restarts all of them with empty data folders."""
    samples = Samples(skipped)
    programs = [(name, program, way) for name, program in {OURS: PROGRAM, **others}.items() for way in WAYS]
    for order in turns(programs, rounds):
        for name, program, way in order:
            samples.take("shop", f"{name}, {way}", lambda: measure(program, way, seconds))
    return samples.found.get("shop", {})


def measure(program, way, seconds):
    """One start: idle, then each number of customers."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="roost-bench-"))
        settings = servers(stack) if "PostgreSQL" in way else {}
        running = stack.enter_context(contextlib.closing(Shop(program, WAYS[way], folder, settings)))
        fill_shelves(running)
        found = {"idle": idle(running)}
        for count in CUSTOMERS:
            found[str(count)] = load(running, count, seconds)
        return found


def servers(stack):
    """The settings of a shop on servers of its own, which are empty."""
    database = stack.enter_context(contextlib.closing(Postgres(**POSTGRES)))
    store = stack.enter_context(contextlib.closing(Redis(**REDIS)))
    return {"DATABASE_URL": database.url.replace(f"/{USER}?", "/{service}?"), "STORE_URL": store.url}


def fill_shelves(running):
    """Stocks more of each product than can be bought here."""
    with contextlib.closing(Client(running.port)) as admin:
        admin.sign_in("admin@shop.example", ADMIN)
        for sku in skus(admin):
            admin.ask("PATCH", f"/products/{sku}/stock", {"delta": 100_000}, 200)


def skus(client):
    return [product["sku"] for product in client.ask("GET", "/products?limit=100", None, 200)["items"]]


def idle(running):
    """Processor time in percent of one core, and the memory of all processes in MB, each page counted once."""
    time.sleep(2)
    before, began = cpu_seconds(running.pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    percent = (cpu_seconds(running.pid) - before) / (time.monotonic() - began) * 100
    members = family(running.pid)
    return {"percent": percent, "MB": sum(map(memory, members)), "processes": len(members)}


def memory(pid):
    """A process's proportional share of its memory (proc(5), smaps_rollup: Pss)."""
    with contextlib.suppress(OSError):
        return int(re.search(r"^Pss:\s*(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) / 1024
    return 0


def load(running, count, seconds):
    """Customers who repeatedly put a product in their cart and order it, and the time until the last order is settled."""
    with contextlib.ExitStack() as stack:
        with contextlib.closing(Client(running.port)) as client:
            products = skus(client)
        customers = [
            stack.enter_context(contextlib.closing(Customer(running.port, products[number % len(products)]))) for number in range(count)
        ]
        for customer in customers:
            customer.sign_up()
        before, began = cpu_seconds(running.pid), time.monotonic()
        threads = [threading.Thread(target=customer.buy_until, args=(began + seconds, MOST_ORDERS // count)) for customer in customers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + 30)
        settle(customers, began + seconds + SETTLE_SECONDS)
        elapsed, used = time.monotonic() - began, cpu_seconds(running.pid) - before
        for customer in customers:
            customer.check()
        took = sorted(milliseconds for customer in customers for milliseconds in customer.took)
        return {
            "rate": len(took) / elapsed, "median": statistics.median(took), "p99": took[int(len(took) * 0.99)],
            "cpu": used / len(took) * 1000, "orders": len(took),
        }


def settle(customers, end):
    """Waits until the last order of each customer has reached its final status; `check` verifies the earlier ones."""
    for customer in customers:
        if customer.fault:
            raise Unavailable(f"an order failed: {customer.fault}")
        while not customer.is_settled():
            if time.monotonic() > end:
                raise Unavailable("orders do not reach their final status")
            time.sleep(0.02)
