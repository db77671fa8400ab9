"""usage: flow.py DATABASE CALLERS SECONDS [JOURNAL-MODE]
Workflows of three steps with DBOS, on SQLite (sqlite:///FILE) or PostgreSQL: so many callers start one after another, each a thread that waits for the
workflow's end. More than one are spread over two processes, one for each core. DBOS sets no journal mode for its SQLite file; one that is given is set
before DBOS opens the file.
Prints how many ended, in how many seconds, and the processor time of the processes."""
import multiprocessing
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS


@DBOS.step()
def reserve(order):
    return {"order": order, "status": "reserved"}


@DBOS.step()
def charge(order):
    return {"order": order, "status": "captured"}


@DBOS.step()
def confirm(order):
    return {"order": order, "status": "confirmed"}


@DBOS.workflow()
def order_flow(order):
    reserve(order)
    charge(order)
    return confirm(order)


def call(number, end):
    done = 0
    while time.monotonic() < end:
        order = f"{number}-{done}"
        if order_flow(order) != {"order": order, "status": "confirmed"}:
            raise SystemExit("a workflow ended otherwise")
        done += 1
    return done


def measure(database, numbers, seconds, ready, found):
    DBOS(config={"name": "bench", "system_database_url": database, "log_level": "ERROR", "executor_id": f"from-{numbers[0]}"})
    DBOS.launch()
    order_flow("before the first")
    ready.wait(60)
    used, began = time.process_time(), time.monotonic()
    with ThreadPoolExecutor(len(numbers)) as pool:
        done = sum(pool.map(lambda number: call(number, began + seconds), numbers))
    found.put((done, time.monotonic() - began, time.process_time() - used))
    DBOS.destroy()


def main(database, callers, seconds, journal_mode=None):
    if journal_mode:
        sqlite3.connect(database.removeprefix("sqlite:///")).execute(f"PRAGMA journal_mode = {journal_mode}")
    numbers = [range(callers)] if callers == 1 else [range(callers // 2), range(callers // 2, callers)]
    processes = multiprocessing.get_context("spawn")
    ready, found = processes.Barrier(len(numbers)), processes.Queue()
    workers = [processes.Process(target=measure, args=(database, some, seconds, ready, found)) for some in numbers]
    for worker in workers:
        worker.start()
    done, took, used = zip(*(found.get(timeout=seconds + 90) for _ in workers))
    for worker in workers:
        worker.join()
    print(sum(done), max(took), sum(used))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *sys.argv[4:])
