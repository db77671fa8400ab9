"""Events on RabbitMQ, as `RoostRabbitMQ/Topology` describes them."""
import asyncio
import zlib

import aio_pika

from chaos.wire import LANES, PREFIX, RECORDER, Message, lane_of

EXCHANGE = f"{PREFIX}.events"
HEADER = "ce-"
QUEUE = {"x-queue-type": "quorum", "x-single-active-consumer": True}
PREFETCH = 32
HEARTBEAT = 5  # seconds
ANSWER = 10  # seconds within which the server answers
PAUSE = 0.2  # seconds from one connection to the next
FAILURES = (aio_pika.exceptions.AMQPError, OSError, asyncio.TimeoutError, RuntimeError)


def place_of(topic, key):
    return f"{topic}.{lane_of(key)}"


def consume(url, record, ready):
    """Records whatever is published, for ever. Calls `ready` as soon as everything is kept for it."""
    asyncio.run(_consume(url, record, ready))


async def _consume(url, record, ready):
    while True:
        try:
            await _session(url, record, ready)
        except FAILURES as error:
            print(f"recorder: {error!r}", flush=True)
        await asyncio.sleep(PAUSE)


async def _session(url, record, ready):
    """Consumes all lanes, until the connection or one of its channels ends."""
    connection = await aio_pika.connect(f"{url}?heartbeat={HEARTBEAT}", timeout=ANSWER)
    ended = asyncio.Event()
    async with connection:
        connection.close_callbacks.add(lambda *_: ended.set())
        for lane in range(LANES):
            channel = await connection.channel()
            channel.close_callbacks.add(lambda *_: ended.set())
            await channel.set_qos(prefetch_count=PREFETCH, timeout=ANSWER)
            await _consume_lane(channel, lane, record)
        ready()
        await ended.wait()
    print("recorder: the connection has ended", flush=True)


async def _consume_lane(channel, lane, record):
    exchange = await channel.declare_exchange(EXCHANGE, "topic", durable=True, timeout=ANSWER)
    queue = await channel.declare_queue(f"{PREFIX}.{RECORDER}.{lane}", durable=True, arguments=QUEUE, timeout=ANSWER)
    # Of all topics, so that one that nobody else reads is seen.
    await queue.bind(exchange, f"#.{lane}", timeout=ANSWER)

    async def take(delivery):
        # Callbacks begin in the order of their messages, and nothing is awaited before the message is recorded.
        record(read(delivery, lane))
        await delivery.ack()

    await queue.consume(take, timeout=ANSWER)


def read(delivery, lane):
    """The message of a delivery."""
    attributes = {name.removeprefix(HEADER): str(value) for name, value in delivery.headers.items() if name.startswith(HEADER)}
    name = delivery.message_id or f"{delivery.routing_key} {len(delivery.body)} {zlib.crc32(delivery.body)}"
    return Message(delivery.routing_key, str(lane), name, attributes, delivery.body)


def publish(url, messages, limit):
    """Publishes messages in order, and returns once the server has confirmed them. `limit` is in seconds."""
    asyncio.run(asyncio.wait_for(_publish(url, messages), limit))


async def _publish(url, messages):
    async with await aio_pika.connect(url, timeout=ANSWER) as connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(EXCHANGE, ensure=False)
        for message in messages:
            headers = {HEADER + name: value for name, value in message.attributes.items()}
            content = aio_pika.Message(
                message.body, headers=headers, content_type="application/json", message_id=message.id, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await exchange.publish(content, routing_key=message.place, timeout=ANSWER)
