"""usage: faststream_app.py SERVER POISONED SECONDS
A subscriber with FastStream that loses nothing: an event whose handler fails is not acknowledged. See events.py."""
import asyncio
import logging
import sys

from events import TOPIC, Handler, publish
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage


async def main(server, poisoned, seconds):
    await publish(server)
    handler, broker = Handler(poisoned), KafkaBroker(server, logger=None)

    @broker.subscriber(TOPIC, group_id="handler", auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def handle(order: dict, message: KafkaMessage):
        await handler.handle(message.raw_message.key)

    async with broker:
        await broker.start()
        await handler.measure(seconds)


logging.disable(logging.CRITICAL)
asyncio.run(main(sys.argv[1], sys.argv[2] != "0", float(sys.argv[3])))
