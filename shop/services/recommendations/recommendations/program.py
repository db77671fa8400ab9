"""The service as a program: what it consists of, how it starts and how it stops."""

import asyncio
import contextlib
import socket
from collections.abc import Coroutine
from typing import TypeVar

from recommendations.app import create_app
from recommendations.catalog import Catalog
from recommendations.events.consumer import Consumer
from recommendations.events.opening import source_of
from recommendations.health import Health
from recommendations.orders import ORDER_ENDED
from recommendations.recommender import Recommender
from recommendations.server import Server, bound_socket
from recommendations.settings import SERVICE, Settings
from recommendations.stopping import stop_requests
from recommendations.storage.opening import open_storage
from recommendations.storage.storage import Storage

T = TypeVar("T")


async def run(settings: Settings) -> None:
    """Runs the service until it is asked to stop. Raises a `ConfigurationError` if it can never run."""
    stop = stop_requests(settings.lifeline)
    with bound_socket(settings.host, settings.port) as bound:
        storage = await _unless(stop, open_storage(settings.storage))
        if storage is None:
            return
        try:
            async with Catalog(settings.catalog, SERVICE, settings.service_key) as catalog:
                await _serve(settings, stop, bound, storage, catalog)
        finally:
            await storage.close()


async def _serve(
    settings: Settings, stop: asyncio.Event, bound: socket.socket, storage: Storage, catalog: Catalog
) -> None:
    """Answers requests and handles events until it is asked to stop, or one of the two fails."""
    recommender, health = Recommender(storage, catalog), Health()
    source = source_of(settings.bus, SERVICE, [ORDER_ENDED], settings.service_key)
    consumer = Consumer(source, {ORDER_ENDED: recommender.learn}, storage)
    server = Server(create_app(recommender, health), lambda: _tell_ready(health, settings.ready_line))

    consuming = asyncio.create_task(consumer.run())
    serving = asyncio.create_task(server.serve([bound]))
    await _first(consuming, serving, asyncio.create_task(stop.wait()))

    health.is_ready = False
    server.should_exit = True
    consuming.cancel()
    await serving
    with contextlib.suppress(asyncio.CancelledError):
        await consuming


def _tell_ready(health: Health, line: str | None) -> None:
    """Tells the supervisor, by a line that only the two know.

    Over the network, another program on the same port could answer.
    """
    health.is_ready = True
    if line:
        print(line, flush=True)


async def _first(*tasks: asyncio.Task) -> None:
    """Waits until one of the tasks ends."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def _unless(stop: asyncio.Event, work: Coroutine[None, None, T]) -> T | None:
    """Returns what the work returns, or `None` if the service is asked to stop before."""
    working = asyncio.create_task(work)
    await _first(working, asyncio.create_task(stop.wait()))
    working.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        return await working
