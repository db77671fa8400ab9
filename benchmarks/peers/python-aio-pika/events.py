"""usage: events.py publish|consume URL PREFIX EVENTS ORDER-FILE TOGETHER
Publishes events to the queues of a group with a window of those that are not confirmed; or reads those that are there, from the first to the last, and
acknowledges so many together at most. Prints how many events were, in how many seconds, and the processor time."""
import asyncio
import datetime
import pathlib
import sys
import time
import zlib

import aio_pika
import uvloop

LANES, WINDOW, PREFETCH = 8, 256, 32
QUORUM = {"x-queue-type": "quorum", "x-single-active-consumer": True}


async def declare(channel, prefix):
    """Quorum queues of which each has one active consumer, so that the events of a key stay in order."""
    exchange = await channel.declare_exchange(f"{prefix}.events", aio_pika.ExchangeType.TOPIC, durable=True)
    for lane in range(LANES):
        queue = await channel.declare_queue(f"{prefix}.handler.{lane}", durable=True, arguments=QUORUM)
        await queue.bind(exchange, f"orders.placed.{lane}")
    return exchange


def message(event, data):
    now = datetime.datetime.now(datetime.UTC)
    headers = {
        "ce-specversion": "1.0", "ce-id": event, "ce-source": "bench", "ce-type": "orders.placed", "ce-partitionkey": event,
        "ce-time": now.isoformat(timespec="milliseconds"), "ce-dataschema": "urn:events:orders.placed:1",
    }
    return aio_pika.Message(
        data, headers=headers, content_type="application/json", delivery_mode=aio_pika.DeliveryMode.PERSISTENT, message_id=event, timestamp=now)


async def publish(connection, prefix, events, data, _):
    channel = await connection.channel(publisher_confirms=True)
    exchange, numbers = await declare(channel, prefix), iter(range(events))

    async def publish_in_turn():
        for number in numbers:
            event = f"{number:036}"
            await exchange.publish(message(event, data), f"orders.placed.{zlib.crc32(event.encode()) % LANES}")

    used, began = time.process_time(), time.monotonic()
    await asyncio.gather(*(publish_in_turn() for _ in range(WINDOW)))
    print(events, time.monotonic() - began, time.process_time() - used)


async def consume(connection, prefix, events, _, together):
    count, used, began, done, last = 0, 0, 0, asyncio.Event(), {}

    async def consume_lane(lane):
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue, waiting = await channel.get_queue(f"{prefix}.handler.{lane}", ensure=False), 0

        async def handle(delivery):
            nonlocal count, used, began, waiting
            if count == 0:
                used, began = time.process_time(), time.monotonic()
            assert delivery.headers["ce-id"]
            count, waiting, last[lane] = count + 1, waiting + 1, delivery
            if waiting >= together:
                waiting = 0
                await last.pop(lane).ack(multiple=together > 1)
            if count == events:
                done.set()

        await queue.consume(handle)

    await asyncio.gather(*(consume_lane(lane) for lane in range(LANES)))
    await done.wait()
    for delivery in last.values():
        await delivery.ack(multiple=True)
    print(events, time.monotonic() - began, time.process_time() - used)


async def main(work, url, prefix, events, order, together):
    async with await aio_pika.connect(url) as connection:
        await {"publish": publish, "consume": consume}[work](connection, prefix, int(events), pathlib.Path(order).read_bytes(), int(together))


uvloop.run(main(*sys.argv[1:]))
