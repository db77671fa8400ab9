"""Takes events from their source to their handlers: each at least once, and those of a lane in order."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic

from recommendations.availability import Availability
from recommendations.backoff import Backoff
from recommendations.context import context_of_event, running
from recommendations.events.event import Delivery, Event, UnreadableEvent
from recommendations.events.source import BusError, EventSource, Member
from recommendations.storage.storage import DeadLetter, Storage, StorageUnavailable

logger = logging.getLogger(__name__)
Handler = Callable[[Event], Awaitable[None]]
SETTLEMENT = 5.0  # seconds after which a part of a batch is settled: a member that is silent for 30 is taken for dead


class EventRefused(Exception):
    """Why a handler can never handle an event."""


class Consumer:
    """A consumer of events.

    To stop it, cancel it: what it has not settled is delivered again and has no second effect.
    """

    def __init__(self, source: EventSource, handlers: Mapping[str, Handler], storage: Storage) -> None:
        self._source, self._handlers, self._storage = source, handlers, storage
        self._bus, self._database = Availability("the event bus"), Availability("the database")

    async def run(self) -> None:
        """Handles events for ever. Raises a `ConfigurationError` if another attempt would not help."""
        backoff = Backoff()
        while True:
            try:
                await self._handle_all(backoff)
            except BusError as error:
                self._bus.failed(error)
                await backoff.pause()

    async def _handle_all(self, backoff: Backoff) -> None:
        member = await self._source.join()
        self._bus.worked()
        try:
            while True:
                await self._handle_some(member)
                backoff.reset()
        finally:
            await member.leave()

    async def _handle_some(self, member: Member) -> None:
        handled: list[Delivery] = []
        deliveries, settled_at = await member.next(), monotonic()
        for delivery in deliveries:
            await self._take_effect(delivery.content)
            # Only now: until its effect is committed, an event must be delivered again if this process dies.
            handled.append(delivery)
            if delivery is deliveries[-1] or monotonic() - settled_at >= SETTLEMENT:
                await member.settle(handled)
                handled, settled_at = [], monotonic()

    async def _take_effect(self, content: Event | UnreadableEvent) -> None:
        """Handles an event, or keeps it as a dead letter. Waits for a database that is down: that is not its fault."""
        backoff = Backoff()
        while True:
            try:
                await self._handle(content)
                self._database.worked()
                return
            except StorageUnavailable as error:
                self._database.failed(error)
                await backoff.pause()

    async def _handle(self, content: Event | UnreadableEvent) -> None:
        handler = self._handlers.get(content.topic)
        if isinstance(content, UnreadableEvent):
            # What is known to be of another topic is for others to keep.
            if handler or not content.topic:
                await self._bury(DeadLetter.of_unreadable(content))
        elif handler:
            with running(context_of_event(content.traceparent, f"on {content.topic}")):
                await self._try(handler, content)

    async def _try(self, handler: Handler, event: Event) -> None:
        try:
            await handler(event)
        except StorageUnavailable:
            raise
        except EventRefused as error:
            await self._bury(DeadLetter.of_event(event, str(error)))
        except Exception as error:
            logger.exception("the handler of %s failed", event.topic)
            await self._bury(DeadLetter.of_event(event, f"{type(error).__name__}: {error}"))

    async def _bury(self, letter: DeadLetter) -> None:
        await self._storage.bury(letter)
        logger.error("the event %s of %s is a dead letter: %s", letter.id, letter.topic or "no topic", letter.reason)
