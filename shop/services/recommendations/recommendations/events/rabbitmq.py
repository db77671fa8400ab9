"""Events from RabbitMQ: a queue for each lane of the group, which the system has declared."""

import asyncio
import contextlib
import hashlib
import itertools
from collections.abc import Sequence
from typing import Any

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractIncomingMessage, SSLOptions
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    InvalidFrameError,
    ProbableAuthenticationError,
)
from aiormq.exceptions import ChannelAccessRefused, ConnectionNotAllowed

from recommendations.configuration import ConfigurationError
from recommendations.events.cloudevents import read_message
from recommendations.events.event import Delivery
from recommendations.events.source import BusError
from recommendations.events.url import EventsURL

LANES = 8
PREFETCH = 32  # messages of a lane that are not acknowledged
HEARTBEAT = 10  # seconds, unless the URL says otherwise
TIMEOUT = 10.0  # seconds for each exchange with the broker
REFUSALS = (AuthenticationError, ProbableAuthenticationError, ConnectionNotAllowed, ChannelAccessRefused)
FAILURES = (*CONNECTION_EXCEPTIONS, TimeoutError)
# Of the binding to RabbitMQ, and of that to AMQP 1.0, whose clients can use the same broker.
PREFIXES = ("ce-", "cloudEvents_", "cloudEvents:")


class RabbitMQSource:
    """The queues of the group. The nodes of a cluster are tried in turn."""

    def __init__(self, bus: EventsURL, group: str) -> None:
        self._urls = itertools.cycle([_node(bus, server) for server in bus.servers])
        self._tls = SSLOptions(cafile=bus.options["ca"]) if "ca" in bus.options else None
        self._queues = [f"{bus.prefix}.{group}.{lane}" for lane in range(LANES)]

    async def join(self) -> "RabbitMQMember":
        """Connects, and consumes from each queue on a channel of its own."""
        try:
            connection = await aio_pika.connect(next(self._urls), timeout=TIMEOUT, ssl_options=self._tls)
        except REFUSALS as error:
            raise ConfigurationError(f"EVENTS_URL is wrong: the broker refuses it: {error}") from error
        except FAILURES as error:
            # aiormq hides why the broker closes a connection instead of opening its virtual host.
            if isinstance(error, InvalidFrameError) and "Connection.Close" in str(error):
                raise ConfigurationError("EVENTS_URL is wrong: the broker refuses its virtual host") from error
            raise _bus_error(error) from error
        member = RabbitMQMember(connection)
        try:
            for queue in self._queues:
                await member.consume(queue)
            return member
        except BaseException:
            await member.leave()
            raise


class RabbitMQMember:
    """A connection with a channel for each lane. It is given up as a whole when any part of it fails."""

    def __init__(self, connection: AbstractConnection) -> None:
        self._connection = connection
        # The prefetch count of the channels bounds it.
        self._arrived: asyncio.Queue[Delivery | BusError] = asyncio.Queue()
        connection.close_callbacks.add(self._closed)

    async def consume(self, name: str) -> None:
        """Consumes from a queue, one lane's."""
        try:
            channel = await self._connection.channel(publisher_confirms=False)
            channel.close_callbacks.add(self._closed)
            await channel.set_qos(prefetch_count=PREFETCH, timeout=TIMEOUT)
            queue = await channel.declare_queue(name, passive=True, timeout=TIMEOUT)
            underlay = await channel.get_underlay_channel()
            underlay.on_consumer_cancel_callbacks.add(self._cancelled)
            await queue.consume(self._receive, timeout=TIMEOUT)
        except REFUSALS as error:
            raise ConfigurationError(f"EVENTS_URL is wrong: its user may not read {name}: {error}") from error
        except FAILURES as error:
            raise _bus_error(error) from error

    async def next(self) -> Sequence[Delivery]:
        """Waits for the first delivery, and takes what else has arrived."""
        arrived = [await self._arrived.get()]
        while not self._arrived.empty() and len(arrived) < PREFETCH:
            arrived.append(self._arrived.get_nowait())
        for item in arrived:
            if isinstance(item, BusError):
                raise item
        return arrived

    async def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledges the messages."""
        try:
            for delivery in deliveries:
                await delivery.receipt.ack()
        except FAILURES as error:
            raise _bus_error(error) from error

    async def leave(self) -> None:
        """Closes the connection. The broker delivers to another consumer what is not acknowledged."""
        with contextlib.suppress(*FAILURES):
            async with asyncio.timeout(3):
                await self._connection.close()

    async def _receive(self, message: AbstractIncomingMessage) -> None:
        # A message that is not an event gets an identifier that is the same if it is delivered again.
        fallback = message.message_id or f"{message.routing_key}-{hashlib.sha256(message.body).hexdigest()[:32]}"
        content = read_message(_attributes(message.headers), message.content_type or "", message.body, fallback)
        self._arrived.put_nowait(Delivery(content, message))

    def _closed(self, _: object, error: BaseException | None) -> None:
        self._arrived.put_nowait(BusError(error or "the connection was closed"))

    def _cancelled(self, _: object) -> None:
        self._arrived.put_nowait(
            BusError("the broker cancelled a consumer: its queue was deleted, or its leader is moving")
        )


def _node(bus: EventsURL, server: str) -> str:
    """Returns the URL of a node."""
    credentials = f"{bus.credentials}@" if bus.credentials else ""
    return f"{bus.scheme}://{credentials}{server}{bus.path}?heartbeat={bus.options.get('heartbeat', HEARTBEAT)}"


def _bus_error(error: BaseException) -> BusError:
    return BusError(str(error) or type(error).__name__)


def _attributes(headers: dict[str, Any]) -> dict[str, str]:
    """Returns the CloudEvents attributes, by their names without the prefix."""
    found = {}
    for name, value in headers.items():
        if prefix := next((prefix for prefix in PREFIXES if name.startswith(prefix)), None):
            text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
            found[name.removeprefix(prefix)] = text
    return found
