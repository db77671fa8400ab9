"""The event buses of the tests, behind one interface: the same tests run on each of them."""

import json
import zlib
from typing import Any, Protocol

import aio_pika
from confluent_kafka import Producer

from recommendations.events.http import HTTPSource
from recommendations.events.kafka import KafkaSource
from recommendations.events.rabbitmq import RabbitMQSource
from recommendations.events.source import EventSource
from recommendations.events.url import EventsURL
from tests.events import ORDER_ENDED
from tests.servers.events_service import KEY, EventsService
from tests.servers.kafka import KafkaCluster
from tests.servers.rabbitmq import RabbitMQ, declare

GROUP = "recommendations"


class Bus(Protocol):
    """An event bus that a test controls."""

    def source(self) -> EventSource: ...

    async def publish(self, *events: dict[str, Any]) -> None: ...

    async def publish_other(self, body: bytes) -> None:
        """Publishes a message that is not an event."""

    async def kill(self) -> None: ...

    async def revive(self) -> None: ...


class HTTPBus:
    """The HTTP interface."""

    def __init__(self, service: EventsService) -> None:
        self.service = service
        self.kill, self.revive, self.publish = service.stop, service.start, service.publish

    def source(self) -> HTTPSource:
        return HTTPSource(EventsURL("http", (f"127.0.0.1:{self.service.port}",)), GROUP, [ORDER_ENDED], KEY)

    async def publish_other(self, body: bytes) -> None:
        event = {"specversion": "1.0", "id": "other", "source": "x", "type": ORDER_ENDED, "data_base64": "Zm9v"}
        await self.service.publish(event, fault="The message lacks the CloudEvents attributes id.")


class RabbitMQBus:
    """RabbitMQ, with a prefix of its own for each test."""

    def __init__(self, server: RabbitMQ, prefix: str) -> None:
        self.server, self.prefix = server, prefix

    def source(self) -> RabbitMQSource:
        return RabbitMQSource(EventsURL.read(f"{self.server.url()}?prefix={self.prefix}", {}), GROUP)

    async def declare(self) -> None:
        await declare(self.server.url(), self.prefix, GROUP, [ORDER_ENDED])

    async def publish(self, *events: dict[str, Any]) -> None:
        for event in events:
            headers = {f"ce-{name}": value for name, value in event.items() if name != "data"}
            headers.pop("ce-datacontenttype")
            body = json.dumps(event["data"]).encode()
            await self._publish(
                aio_pika.Message(body, headers=headers, content_type="application/json", message_id=event["id"]),
                event["partitionkey"],
            )

    async def publish_other(self, body: bytes) -> None:
        await self._publish(aio_pika.Message(body), "k")

    async def _publish(self, message: aio_pika.Message, key: str) -> None:
        message.delivery_mode = aio_pika.DeliveryMode.PERSISTENT
        async with await aio_pika.connect(self.server.url()) as connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange(f"{self.prefix}.events")
            await exchange.publish(message, f"{ORDER_ENDED}.{zlib.crc32(key.encode()) % 8}")

    async def kill(self) -> None:
        self.server.kill()

    async def revive(self) -> None:
        self.server.start()


class KafkaBus:
    """A Kafka cluster, with a prefix of its own for each test."""

    def __init__(self, cluster: KafkaCluster, prefix: str, creates: bool = True) -> None:
        self.cluster, self.prefix = cluster, prefix
        self.topic = f"{prefix}.orders"
        if creates:
            cluster.create(self.topic)

    def topics(self) -> set[str]:
        """Returns the topics that exist."""
        return set(self._producer().list_topics(timeout=30).topics)

    def source(self) -> KafkaSource:
        source = KafkaSource(
            EventsURL.read(f"kafka://{self.cluster.brokers}?prefix={self.prefix}", {}), GROUP, [ORDER_ENDED]
        )
        # For so long the mock cluster waits for former members of a group, even if they have left in order.
        source.configuration |= {"session.timeout.ms": 5000, "heartbeat.interval.ms": 500}
        return source

    async def publish(self, *events: dict[str, Any]) -> None:
        producer = self._producer()
        for event in events:
            headers = {f"ce_{name}": value for name, value in event.items() if name not in ("data", "datacontenttype")}
            headers["content-type"] = "application/json"
            body = json.dumps(event["data"])
            producer.produce(self.topic, body, event["partitionkey"], headers=list(headers.items()))
        assert producer.flush(30) == 0

    async def publish_other(self, body: bytes) -> None:
        producer = self._producer()
        producer.produce(self.topic, body, "k")
        assert producer.flush(30) == 0

    def _producer(self) -> Producer:
        return Producer(
            {"bootstrap.servers": self.cluster.brokers, "partitioner": "murmur2_random", "enable.idempotence": True}
        )

    async def kill(self) -> None:
        self.cluster.down()

    async def revive(self) -> None:
        self.cluster.up()
