"""The events of the programs in this folder: of 1,000 keys in turns. The handler of one key, the poisoned one, always fails, if there is one."""
import asyncio
import time

from aiokafka import AIOKafkaProducer

TOPIC, KEYS, OF_EACH = "orders", 1_000, 100
POISONED = b"key-0"


async def publish(server):
    """All events, before any is handled."""
    async with AIOKafkaProducer(bootstrap_servers=server, acks="all", linger_ms=5) as producer:
        for number in range(KEYS * OF_EACH):
            last = await producer.send(TOPIC, key=f"key-{number % KEYS}".encode(), value=f'{{"order": {number}, "total": 4711}}'.encode())
        await producer.flush()
        await last


class Handler:
    """Handles events and counts those of the keys that are not poisoned."""

    def __init__(self, poisoned):
        self.poisoned, self.handled, self.counts, self.all = poisoned, 0, {}, asyncio.Event()

    async def handle(self, key):
        if self.poisoned and key == POISONED:
            raise ValueError("this event cannot be handled")
        self.handled += key != POISONED
        self.counts[key] = self.counts.get(key, 0) + 1
        if self.handled == (KEYS - 1) * OF_EACH:
            self.all.set()

    async def measure(self, seconds):
        """Prints how many events of the other keys were handled, in how many seconds (until all are, or so long as given), the processor time of this
        process, and of how many of the other keys not one event was handled."""
        used, began = time.process_time(), time.monotonic()
        try:
            await asyncio.wait_for(self.all.wait(), seconds)
        except TimeoutError:
            pass
        handled, took, used = self.handled, time.monotonic() - began, time.process_time() - used
        print(handled, took, used, KEYS - 1 - sum(key != POISONED for key in self.counts), flush=True)
