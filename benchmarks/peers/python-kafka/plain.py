"""usage: plain.py SERVER POISONED SECONDS
A consumer with aiokafka's own loop, as a service has it that loses nothing: an event whose handler fails is read again after 100 ms, and positions are
committed after each batch. See events.py."""
import asyncio
import sys

from aiokafka import AIOKafkaConsumer
from events import TOPIC, Handler, publish


async def consume(consumer, handler):
    while True:
        batches = await consumer.getmany(timeout_ms=200, max_records=500)
        failed = False
        for partition, messages in batches.items():
            for message in messages:
                try:
                    await handler.handle(message.key)
                except ValueError:
                    consumer.seek(partition, message.offset)
                    failed = True
                    break
        if batches:
            await consumer.commit()
        if failed:
            await asyncio.sleep(0.1)


async def main(server, poisoned, seconds):
    await publish(server)
    handler = Handler(poisoned)
    async with AIOKafkaConsumer(
        TOPIC, bootstrap_servers=server, group_id="handler", auto_offset_reset="earliest", enable_auto_commit=False) as consumer:
        consuming = asyncio.create_task(consume(consumer, handler))
        await handler.measure(seconds)
        consuming.cancel()


asyncio.run(main(sys.argv[1], sys.argv[2] != "0", float(sys.argv[3])))
