"""usage: flow.py DATABASE CALLERS SECONDS [JOURNAL-MODE]
Workflows of three steps with DBOS, on SQLite (sqlite:///FILE) or PostgreSQL: so many callers start one after another, each a thread that waits for the
workflow's end. DBOS sets no journal mode for its SQLite file; one that is given is set before DBOS opens the file.
Prints how many ended, in how many seconds, and the processor time of this process."""
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from dbos import DBOS

database, callers, seconds, *journal_mode = sys.argv[1:]
if journal_mode:
    sqlite3.connect(database.removeprefix("sqlite:///")).execute(f"PRAGMA journal_mode = {journal_mode[0]}")
DBOS(config={"name": "bench", "system_database_url": database, "log_level": "ERROR"})


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


def call(number):
    done = 0
    while time.monotonic() < end:
        order = f"{number}-{done}"
        if order_flow(order) != {"order": order, "status": "confirmed"}:
            raise SystemExit("a workflow ended otherwise")
        done += 1
    return done


DBOS.launch()
order_flow("before the first")
used, began = time.process_time(), time.monotonic()
end = began + float(seconds)
with ThreadPoolExecutor(int(callers)) as pool:
    done = sum(pool.map(call, range(int(callers))))
print(done, time.monotonic() - began, time.process_time() - used)
DBOS.destroy()
