"""Events from Kafka."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from urllib.parse import unquote

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from recommendations.configuration import ConfigurationError
from recommendations.events.cloudevents import read_message
from recommendations.events.event import Delivery
from recommendations.events.source import BusError
from recommendations.events.url import EventsURL

T = TypeVar("T")

BATCH = 32  # deliveries that are not settled
WAIT = 1.0  # seconds that a poll waits for messages
TIMEOUT = 10.0  # seconds for the first exchange with the brokers
REFUSALS = (
    KafkaError._AUTHENTICATION, KafkaError.SASL_AUTHENTICATION_FAILED, KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED,
)  # fmt: skip


class KafkaSource:
    """The system's topics in a Kafka cluster, each with the events of all topics that have the same first part."""

    def __init__(self, bus: EventsURL, group: str, topics: Sequence[str]) -> None:
        self._topics = sorted({f"{bus.prefix}.{topic.partition('.')[0]}" for topic in topics})
        self.configuration: dict[str, object] = {
            **connection(bus),
            "group.id": f"{bus.prefix}.{group}",
            "client.id": group,
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            # The system's services create the topics, with their partitions and limits.
            "allow.auto.create.topics": False,
            "topic.metadata.refresh.interval.ms": 5000,
            "partition.assignment.strategy": "range",
            "session.timeout.ms": 15_000,
            "queued.max.messages.kbytes": 8192,
        }

    async def join(self) -> "KafkaMember":
        """Connects, and subscribes to the topics."""
        try:
            member = KafkaMember(self.configuration)
        except KafkaException as error:
            raise ConfigurationError(f"EVENTS_URL is wrong: {error.args[0].str()}") from error
        try:
            await member.subscribe(self._topics)
            return member
        except BaseException:
            await member.leave()
            raise


def connection(bus: EventsURL) -> dict[str, object]:
    """Returns librdkafka's settings for a cluster. A user and a password are those of SASL."""
    secured = bus.scheme == "kafka+ssl"
    settings = {"bootstrap.servers": ",".join(bus.servers), "security.protocol": "SSL" if secured else "PLAINTEXT"}
    if "ca" in bus.options:
        settings["ssl.ca.location"] = bus.options["ca"]
    if bus.credentials:
        user, _, password = bus.credentials.partition(":")
        settings["security.protocol"] = "SASL_SSL"
        settings["sasl.mechanism"] = bus.options.get("mechanism", "SCRAM-SHA-512")
        settings |= {"sasl.username": unquote(user), "sasl.password": unquote(password)}
    return settings


class KafkaMember:
    """A consumer, which one thread uses."""

    def __init__(self, configuration: dict[str, object]) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="kafka")
        self._failure: KafkaError | None = None
        self._batch: list[Message] = []
        self._consumer = Consumer({**configuration, "error_cb": self._failed}, logger=logging.getLogger("librdkafka"))

    async def subscribe(self, topics: Sequence[str]) -> None:
        """Joins the group. Its partitions are assigned while it polls."""
        await self._run(lambda: self._consumer.list_topics(timeout=TIMEOUT))
        await self._run(lambda: self._consumer.subscribe(topics, on_revoke=self._revoked, on_lost=self._revoked))

    async def next(self) -> Sequence[Delivery]:
        """Polls for messages. No delivery is outstanding meanwhile, so partitions can be revoked at any poll."""
        return [_delivery(message) for message in await self._run(self._poll)]

    async def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Commits, for each partition, the offset after its last delivery."""
        after = {(each.receipt.topic(), each.receipt.partition()): each.receipt.offset() + 1 for each in deliveries}
        offsets = [TopicPartition(topic, partition, offset) for (topic, partition), offset in after.items()]
        await self._run(lambda: self._commit(offsets))

    async def leave(self) -> None:
        """Leaves the group."""
        with contextlib.suppress(BusError, ConfigurationError, RuntimeError, TimeoutError):
            async with asyncio.timeout(5):
                self._failure = None
                await self._run(self._consumer.close)
        self._thread.shutdown(wait=False)

    def _poll(self) -> list[Message]:
        self._batch = []
        message = self._consumer.poll(WAIT)
        while message is not None:
            if error := message.error():
                self._note(error)
            else:
                self._batch.append(message)
            message = self._consumer.poll(0) if len(self._batch) < BATCH else None
        return self._batch

    def _commit(self, offsets: list[TopicPartition]) -> None:
        for partition in self._consumer.commit(offsets=offsets, asynchronous=False):
            if partition.error:
                raise KafkaException(partition.error)

    def _note(self, error: KafkaError) -> None:
        # A topic that the system has not created yet is looked for again and again.
        if error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise KafkaException(error)

    def _revoked(self, _: Consumer, partitions: Sequence[TopicPartition]) -> None:
        """Forgets what a poll has taken of partitions that now belong to another member."""
        gone = {(each.topic, each.partition) for each in partitions}
        self._batch[:] = [each for each in self._batch if (each.topic(), each.partition()) not in gone]

    def _failed(self, error: KafkaError) -> None:
        """Notes what makes the consumer useless. It mends the rest itself."""
        if error.fatal() or error.code() in (KafkaError._ALL_BROKERS_DOWN, *REFUSALS):
            self._failure = error

    async def _run(self, body: Callable[[], T]) -> T:
        """Runs a function on the consumer's thread."""
        try:
            result = await asyncio.get_running_loop().run_in_executor(self._thread, body)
        except KafkaException as error:
            raise _error(error.args[0]) from error
        if self._failure is not None:
            raise _error(self._failure)
        return result


def _error(error: KafkaError) -> Exception:
    if error.code() in REFUSALS:
        return ConfigurationError(f"EVENTS_URL is wrong: the cluster refuses it: {error.str()}")
    return BusError(error.str())


def _delivery(message: Message) -> Delivery:
    headers = {name: value.decode(errors="replace") for name, value in message.headers() or [] if value is not None}
    attributes = {name.removeprefix("ce_"): value for name, value in headers.items() if name.startswith("ce_")}
    fallback = f"{message.topic()}-{message.partition()}-{message.offset()}"
    return Delivery(read_message(attributes, headers.get("content-type", ""), message.value(), fallback), message)
