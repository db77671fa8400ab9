"""Events reach their handlers on every bus, whatever fails."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import pytest

from recommendations.events.cloudevents import read_structured
from recommendations.events.consumer import Consumer, EventRefused
from recommendations.events.event import Delivery, Event
from recommendations.events.source import BusError, EventSource, Member
from recommendations.storage.storage import DeadLetter, StorageUnavailable
from tests.buses import Bus, HTTPBus
from tests.events import ORDER_ENDED, TRACE, ended
from tests.logs import lines_with
from tests.servers.events_service import EventsService

pytestmark = pytest.mark.anyio
LIMIT = 60  # seconds after which a test has failed


class Clock:
    """A clock that a test moves."""

    now = 0.0


class Recorder:
    """A handler, and a storage for dead letters, that tell what they get."""

    def __init__(self) -> None:
        self.handled: asyncio.Queue[Event] = asyncio.Queue()
        self.buried: asyncio.Queue[DeadLetter] = asyncio.Queue()
        self.failures: list[Exception] = []

    async def handle(self, event: Event) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.handled.put_nowait(event)

    async def bury(self, letter: DeadLetter) -> None:
        self.buried.put_nowait(letter)

    async def next(self, count: int = 1) -> list[str]:
        """Returns the identifiers of the next events that were handled."""
        async with asyncio.timeout(LIMIT):
            return [(await self.handled.get()).id for _ in range(count)]

    async def next_buried(self) -> DeadLetter:
        async with asyncio.timeout(LIMIT):
            return await self.buried.get()


@contextlib.asynccontextmanager
async def consuming(source: EventSource, recorder: Recorder) -> AsyncIterator[None]:
    consumer = asyncio.create_task(Consumer(source, {ORDER_ENDED: recorder.handle}, recorder).run())
    yield
    consumer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await consumer


async def some(member: Member, count: int) -> list[Delivery]:
    """Returns the next deliveries of a member, which it has not settled."""
    found: list[Delivery] = []
    async with asyncio.timeout(LIMIT):
        while len(found) < count:
            found += await member.next()
    return found


def ids(events: Sequence[dict]) -> list[str]:
    return [event["id"] for event in events]


async def test_events_of_a_key_arrive_in_order(bus: Bus) -> None:
    recorder, events = Recorder(), [ended("a", "b") for _ in range(50)]
    await bus.publish(*events)
    async with consuming(bus.source(), recorder):
        assert await recorder.next(50) == ids(events)


async def test_events_of_all_keys_arrive(bus: Bus) -> None:
    recorder, events = Recorder(), [ended("a", "b", key=f"key-{number}") for number in range(40)]
    await bus.publish(*events)
    async with consuming(bus.source(), recorder):
        assert sorted(await recorder.next(40)) == sorted(ids(events))


async def test_an_event_arrives_with_its_attributes_and_data(bus: Bus) -> None:
    recorder, sent = Recorder(), ended("tea/1", "čaj")
    await bus.publish(sent)
    async with consuming(bus.source(), recorder):
        event = await asyncio.wait_for(recorder.handled.get(), LIMIT)
    assert (event.id, event.topic, event.version, event.data) == (sent["id"], ORDER_ENDED, 1, sent["data"])
    assert TRACE in event.traceparent


async def test_what_a_member_did_not_settle_is_delivered_to_the_next(bus: Bus) -> None:
    events = [ended("a", "b") for _ in range(3)]
    await bus.publish(*events)
    first = await bus.source().join()
    taken = await some(first, 3)
    await first.settle(taken[:1])
    await first.leave()
    second = await bus.source().join()
    again = await some(second, 2)
    await second.leave()
    assert [each.content.id for each in again] == ids(events)[1:]


async def test_what_was_settled_is_not_delivered_again(bus: Bus) -> None:
    recorder, events = Recorder(), [ended("a", "b") for _ in range(3)]
    await bus.publish(*events[:2])
    first = await bus.source().join()
    await first.settle(await some(first, 2))
    await first.leave()
    await bus.publish(events[2])
    async with consuming(bus.source(), recorder):
        assert await recorder.next() == ids(events)[2:]


async def test_what_is_not_an_event_becomes_a_dead_letter_and_the_next_is_handled(bus: Bus) -> None:
    recorder, event = Recorder(), ended("a", "b")
    await bus.publish_other(b"\x00\xff not an event")
    await bus.publish(event)
    async with consuming(bus.source(), recorder):
        letter = await recorder.next_buried()
        assert await recorder.next() == [event["id"]]
    assert "lacks the CloudEvents attributes" in letter.reason
    assert letter.id


async def test_what_a_handler_refuses_becomes_a_dead_letter_and_the_next_is_handled(bus: Bus) -> None:
    recorder, events = Recorder(), [ended("a", "b") for _ in range(3)]
    recorder.failures = [EventRefused("no"), KeyError("x")]
    await bus.publish(*events)
    async with consuming(bus.source(), recorder):
        letters = [await recorder.next_buried(), await recorder.next_buried()]
        assert await recorder.next() == [events[2]["id"]]
    assert [letter.id for letter in letters] == ids(events)[:2]
    assert [letter.reason for letter in letters] == ["no", "KeyError: 'x'"]


async def test_a_database_that_is_down_is_waited_for(bus: Bus) -> None:
    recorder, events = Recorder(), [ended("a", "b") for _ in range(2)]
    recorder.failures = [StorageUnavailable("down")] * 3
    await bus.publish(*events)
    async with consuming(bus.source(), recorder):
        assert await recorder.next(2) == ids(events)
    assert recorder.buried.empty()


async def test_a_bus_that_was_killed_is_used_again(bus: Bus) -> None:
    recorder, events = Recorder(), [ended("a", "b") for _ in range(2)]
    await bus.publish(events[0])
    async with consuming(bus.source(), recorder):
        assert await recorder.next() == [events[0]["id"]]
        await bus.kill()
        await bus.revive()
        await bus.publish(events[1])
        while (received := (await recorder.next())[0]) != events[1]["id"]:
            assert received == events[0]["id"]  # Its settlement was lost with the bus.


async def test_a_bus_that_is_down_at_the_start_is_waited_for(bus: Bus) -> None:
    recorder, event = Recorder(), ended("a", "b")
    await bus.publish(event)
    await bus.kill()
    with lines_with("the event bus cannot be used, and") as lines:
        async with consuming(bus.source(), recorder):
            await lines.first()
            await bus.revive()
            assert await recorder.next() == [event["id"]]
        assert len(lines.lines) == 1


class Batch:
    """A source and its only member, which has one batch, and notes what is settled at once."""

    def __init__(self, *events: dict) -> None:
        self.settled: list[list[str]] = []
        self._batches = [[Delivery(read_structured(event, "x"), event["id"]) for event in events]]
        self.is_done = asyncio.Event()

    async def join(self) -> Member:
        return self

    async def next(self) -> Sequence[Delivery]:
        if self._batches:
            return self._batches.pop()
        self.is_done.set()
        return await asyncio.Event().wait()

    async def settle(self, deliveries: Sequence[Delivery]) -> None:
        self.settled.append([each.receipt for each in deliveries])

    async def leave(self) -> None:
        pass


@pytest.mark.parametrize(("seconds", "sizes"), [(2, [3, 3, 1]), (0, [7]), (9, [1] * 7)])
async def test_a_long_batch_is_settled_in_parts(
    monkeypatch: pytest.MonkeyPatch, seconds: int, sizes: list[int]
) -> None:
    class SlowRecorder(Recorder):
        async def handle(self, event: Event) -> None:
            await super().handle(event)
            clock.now += seconds

    clock = Clock()
    monkeypatch.setattr("recommendations.events.consumer.monotonic", lambda: clock.now)
    events = [ended("a", "b") for _ in range(7)]
    batch, recorder = Batch(*events), SlowRecorder()
    async with consuming(batch, recorder):
        await asyncio.wait_for(batch.is_done.wait(), LIMIT)
    assert [len(each) for each in batch.settled] == sizes
    assert [receipt for each in batch.settled for receipt in each] == ids(events)


async def test_deliveries_whose_response_was_lost_are_delivered_again(events_service: EventsService) -> None:
    recorder, event = Recorder(), ended("a", "b")
    async with consuming(HTTPBus(events_service).source(), recorder):
        first = await asyncio.wait_for(events_service.polls.get(), LIMIT)
        events_service.breaks = True
        await events_service.publish(event)
        assert await recorder.next() == [event["id"]]
        assert await asyncio.wait_for(events_service.polls.get(), LIMIT) != first
    assert not events_service.breaks


async def test_an_identifier_of_any_length_is_cut(events_service: EventsService) -> None:
    recorder = Recorder()
    await events_service.publish({"id": "x" * 9999, "type": ORDER_ENDED}, fault="The identifier is too long.")
    async with consuming(HTTPBus(events_service).source(), recorder):
        assert (await recorder.next_buried()).id == "x" * 255


class FailingSettlement:
    """A source whose first settlement is lost, as if the process had died between its commit and the settlement."""

    def __init__(self, source: EventSource) -> None:
        self._source, self._has_failed = source, False

    async def join(self) -> Member:
        member = await self._source.join()
        if not self._has_failed:
            self._has_failed = True
            member.settle = self._fail
        return member

    async def _fail(self, _: Sequence[Delivery]) -> None:
        raise BusError("lost")


async def test_a_lost_settlement_repeats_the_delivery(bus: Bus) -> None:
    recorder, event = Recorder(), ended("a", "b")
    await bus.publish(event)
    async with consuming(FailingSettlement(bus.source()), recorder):
        assert await recorder.next(2) == [event["id"], event["id"]]
