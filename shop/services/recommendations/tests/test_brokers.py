"""What is particular to RabbitMQ and to Kafka."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, TopicPartition

from recommendations.configuration import ConfigurationError
from recommendations.events.consumer import Consumer
from recommendations.events.event import Event
from recommendations.events.kafka import KafkaMember, KafkaSource
from recommendations.events.rabbitmq import RabbitMQSource
from recommendations.events.source import BusError
from recommendations.events.url import EventsURL
from tests.buses import GROUP, Bus, KafkaBus, RabbitMQBus
from tests.conftest import NUMBERS
from tests.events import ORDER_ENDED, ended
from tests.logs import lines_with
from tests.servers.kafka import KafkaCluster
from tests.servers.rabbitmq import RabbitMQ
from tests.test_buses import LIMIT, Recorder, consuming

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["rabbitmq", "kafka"])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Each of the brokers, without events."""
    prefix = f"broker-{next(NUMBERS)}"
    if request.param == "rabbitmq":
        bus = RabbitMQBus(request.getfixturevalue("rabbitmq"), prefix)
        await bus.declare()
        yield bus
    else:
        yield KafkaBus(request.getfixturevalue("kafka"), prefix)


class Once(Recorder):
    """Handles each event once, as the inbox makes sure."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    async def handle(self, event: Event) -> None:
        if event.id not in self.seen:
            self.seen.add(event.id)
            await super().handle(event)


async def test_members_that_come_and_go_lose_nothing_and_keep_the_order(broker: Bus) -> None:
    recorder, events = Once(), [ended("a", "b", key=f"key-{number % 16}") for number in range(160)]
    portions = [events[start : start + 40] for start in range(0, 160, 40)]
    order: list[str] = []
    async with contextlib.AsyncExitStack() as members:
        await members.enter_async_context(consuming(broker.source(), recorder))
        for portion in portions[:3]:
            await broker.publish(*portion)
            await members.enter_async_context(consuming(broker.source(), recorder))
            order += await recorder.next(40)
    async with consuming(broker.source(), recorder):
        await broker.publish(*portions[3])
        order += await recorder.next(40)
    for key in {event["partitionkey"] for event in events}:
        sent = [event["id"] for event in events if event["partitionkey"] == key]
        assert [identifier for identifier in order if identifier in sent] == sent


async def test_queues_that_are_not_declared_yet_are_waited_for(rabbitmq: RabbitMQ) -> None:
    bus, recorder, event = RabbitMQBus(rabbitmq, f"late-{next(NUMBERS)}"), Recorder(), ended("a", "b")
    with lines_with("the event bus cannot be used") as lines:
        async with consuming(bus.source(), recorder):
            assert "no queue" in await lines.first()
            await bus.declare()
            await bus.publish(event)
            assert await recorder.next() == [event["id"]]


async def test_a_queue_that_is_deleted_and_declared_again_is_used_again(rabbitmq: RabbitMQ) -> None:
    bus, recorder, event = RabbitMQBus(rabbitmq, f"deleted-{next(NUMBERS)}"), Recorder(), ended("a", "b")
    await bus.declare()
    with lines_with("the event bus can be used again") as lines:
        async with consuming(bus.source(), recorder):
            await bus.publish(ended("a", "b"))
            await recorder.next()
            for lane in range(8):
                rabbitmq.control("delete_queue", f"{bus.prefix}.{GROUP}.{lane}")
            await bus.declare()
            await bus.publish(event)
            assert await recorder.next() == [event["id"]]
            await lines.first()


async def test_an_event_in_structured_mode_and_names_with_a_colon_are_read(rabbitmq: RabbitMQ) -> None:
    import aio_pika

    bus, recorder = RabbitMQBus(rabbitmq, f"modes-{next(NUMBERS)}"), Recorder()
    await bus.declare()
    first, second = ended("a", "b"), ended("a", "b")
    await bus._publish(
        aio_pika.Message(json.dumps(first).encode(), content_type="application/cloudevents+json"), first["partitionkey"]
    )
    headers = {f"cloudEvents:{name}": value for name, value in second.items() if name != "data"}
    await bus._publish(aio_pika.Message(json.dumps(second["data"]).encode(), headers=headers), second["partitionkey"])
    async with consuming(bus.source(), recorder):
        assert await recorder.next(2) == [first["id"], second["id"]]


async def test_a_user_without_rights_is_a_wrong_configuration(rabbitmq: RabbitMQ) -> None:
    rabbitmq.control("add_user", "reader", "reader-password")
    source = RabbitMQSource(EventsURL.read(rabbitmq.url("reader", "reader-password"), {}), GROUP)
    with pytest.raises(ConfigurationError, match="the broker refuses its virtual host") as raised:
        await source.join()
    rabbitmq.control("set_permissions", "reader", "nothing", "nothing", "nothing")
    bus = RabbitMQBus(rabbitmq, f"rights-{next(NUMBERS)}")
    await bus.declare()
    url = f"{rabbitmq.url('reader', 'reader-password')}?prefix={bus.prefix}"
    with pytest.raises(ConfigurationError, match=r"its user may not read rights-.*\.recommendations\.0"):
        await RabbitMQSource(EventsURL.read(url, {}), GROUP).join()
    assert "reader-password" not in str(raised.value)


def other(topic: str, **changes: Any) -> dict[str, Any]:
    return ended("a", "b") | {"type": topic, "dataschema": f"urn:events:{topic}:1"} | changes


async def test_events_of_other_topics_are_passed_over(kafka: KafkaCluster) -> None:
    bus, recorder, event = KafkaBus(kafka, f"others-{next(NUMBERS)}"), Recorder(), ended("a", "b")
    await bus.publish(other("orders.placed"), other("orders.placed", dataschema="urn:events:x:1"), event)
    async with consuming(bus.source(), recorder):
        assert await recorder.next() == [event["id"]]
    assert recorder.buried.empty()
    assert recorder.handled.empty()


async def test_a_record_without_a_value_is_a_dead_letter_that_tells_where_it_is(kafka: KafkaCluster) -> None:
    bus, recorder = KafkaBus(kafka, f"null-{next(NUMBERS)}"), Recorder()
    await bus.publish_other(None)
    async with consuming(bus.source(), recorder):
        letter = await recorder.next_buried()
    topic, partition, offset = letter.id.rsplit("-", 2)
    assert (topic, partition.isdigit(), offset) == (bus.topic, True, "0")


async def test_a_topic_that_does_not_exist_yet_is_waited_for_and_not_created(kafka: KafkaCluster) -> None:
    bus = KafkaBus(kafka, f"later-{next(NUMBERS)}", creates=False)
    recorder, event = Recorder(), ended("a", "b")
    async with consuming(bus.source(), recorder):
        await asyncio.sleep(3)  # In the meantime it asks for the topic.
        assert bus.topic not in bus.topics()
        kafka.create(bus.topic)
        await bus.publish(event)
        assert await recorder.next() == [event["id"]]


async def test_a_commit_that_one_partition_refuses_has_failed(kafka: KafkaCluster) -> None:
    class Refusing:
        def commit(self, offsets: list[TopicPartition], asynchronous: bool) -> list[SimpleNamespace]:
            error = KafkaError(KafkaError.REBALANCE_IN_PROGRESS)
            return [SimpleNamespace(error=None), SimpleNamespace(error=error)]

    bus = KafkaBus(kafka, f"refused-{next(NUMBERS)}")
    member = KafkaMember(bus.source().configuration)
    consumer, member._consumer = member._consumer, Refusing()
    with pytest.raises(BusError, match=r"(?i)rebalance"):
        await member.settle([])
    member._consumer = consumer
    await member.leave()


async def test_what_a_poll_took_of_a_revoked_partition_is_forgotten(kafka: KafkaCluster) -> None:
    bus = KafkaBus(kafka, f"revoked-{next(NUMBERS)}")
    await bus.publish(*(ended("a", "b", key=f"key-{number}") for number in range(20)))
    member = KafkaMember(bus.source().configuration)
    await member.subscribe([bus.topic])
    async with asyncio.timeout(LIMIT):
        while not await member.next():
            pass
    gone = member._batch[0].partition()
    member._revoked(member._consumer, [TopicPartition(bus.topic, gone)])
    assert gone not in {message.partition() for message in member._batch}
    await member.leave()


async def test_settings_that_librdkafka_refuses_are_a_wrong_configuration() -> None:
    source = KafkaSource(EventsURL("kafka+ssl", ("127.0.0.1:1",), options={"ca": "/nowhere"}), GROUP, [ORDER_ENDED])
    consumer = Consumer(source, {}, Recorder())
    with pytest.raises(ConfigurationError, match="EVENTS_URL is wrong"):
        await asyncio.wait_for(consumer.run(), LIMIT)
