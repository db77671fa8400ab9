"""usage: flow.py DATABASE CALLERS SECONDS
Workflows of three steps with Absurd on PostgreSQL: up to four workers, which run as many at a time as there are callers; each caller starts one after
another. A worker looks for new ones every millisecond when it has none, not every 250. A caller starts its next one when the handler of the last has returned, which
spares it Absurd's polling for results; that each has ended is looked at afterwards.
Prints how many ended, in how many seconds, and the processor time of this process."""
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from absurd_sdk import Absurd

database, callers, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
subprocess.run([Path(sys.executable).with_name("absurdctl"), "init", "-d", database], check=True, stdout=subprocess.DEVNULL)
starter = Absurd(database, "orders")
starter.create_queue()
workers = [Absurd(database, "orders") for _ in range(min(4, callers))]
returned = {}


def order_flow(order, context):
    context.step("reserve", lambda: {"order": order["id"], "status": "reserved"})
    context.step("charge", lambda: {"order": order["id"], "status": "captured"})
    confirmed = context.step("confirm", lambda: {"order": order["id"], "status": "confirmed"})
    returned[order["id"]].set()
    return confirmed


def call(number):
    tasks = []
    while time.monotonic() < end:
        order = f"{number}-{len(tasks)}"
        returned[order] = threading.Event()
        tasks.append(starter.spawn("order", {"id": order}, queue="orders")["task_id"])
        if not returned[order].wait(30):
            raise SystemExit("a workflow did not end")
    return tasks


used, began = time.process_time(), time.monotonic()
end = began + seconds
threads = []
for number, worker in enumerate(workers):
    worker.register_task("order")(order_flow)
    options = {"worker_id": f"worker-{number}", "concurrency": callers // len(workers), "poll_interval": 0.001}
    threads.append(threading.Thread(target=worker.start_worker, kwargs=options))
    threads[-1].start()
with ThreadPoolExecutor(callers) as pool:
    tasks = [task for found in pool.map(call, range(callers)) for task in found]
took, used = time.monotonic() - began, time.process_time() - used
for worker in workers:
    worker.stop_worker()
for thread in threads:
    thread.join()
if any(starter.fetch_task_result(task).state != "completed" for task in tasks):
    raise SystemExit("a workflow ended otherwise")
print(len(tasks), took, used)
