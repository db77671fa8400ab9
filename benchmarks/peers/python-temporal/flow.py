"""usage: flow.py PORT CALLERS SECONDS
Workflows of three activities with Temporal: a worker, and so many callers that start one after another and wait for its result.
Prints how many ended, in how many seconds, and the processor time of this process."""
import asyncio
import os
import sys
import time
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import Worker

LIMIT = timedelta(seconds=10)


@activity.defn
async def reserve(order: str) -> dict:
    return {"order": order, "status": "reserved"}


@activity.defn
async def charge(order: str) -> dict:
    return {"order": order, "status": "captured"}


@activity.defn
async def confirm(order: str) -> dict:
    return {"order": order, "status": "confirmed"}


@workflow.defn
class OrderFlow:
    @workflow.run
    async def run(self, order: str) -> dict:
        await workflow.execute_activity(reserve, order, start_to_close_timeout=LIMIT)
        await workflow.execute_activity(charge, order, start_to_close_timeout=LIMIT)
        return await workflow.execute_activity(confirm, order, start_to_close_timeout=LIMIT)


async def call(client, number, end):
    done = 0
    while time.monotonic() < end:
        order = f"{number}-{done}"
        ended = await client.execute_workflow(OrderFlow.run, order, id=order, task_queue="orders")
        if ended != {"order": order, "status": "confirmed"}:
            raise SystemExit("a workflow ended otherwise")
        done += 1
    return done


async def main(port, callers, seconds):
    client = await Client.connect(f"127.0.0.1:{port}")
    async with Worker(client, task_queue="orders", workflows=[OrderFlow], activities=[reserve, charge, confirm]):
        await client.execute_workflow(OrderFlow.run, "first", id="first", task_queue="orders")
        used, began = time.process_time(), time.monotonic()
        done = sum(await asyncio.gather(*(call(client, number, began + seconds) for number in range(callers))))
        print(done, time.monotonic() - began, time.process_time() - used, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
    # Its threads may abort the process while Python ends.
    os._exit(0)
