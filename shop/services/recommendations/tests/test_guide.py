"""The code of the guide to programs in other languages."""

import asyncio
import contextlib
import json
import os
import pathlib
import socket
import subprocess
from collections.abc import AsyncIterator

import httpx
import pytest

from guide.principal import account_of
from guide.publisher import publish_viewed
from tests.events import TRACE, ended
from tests.servers.events_service import KEY, EventsService
from tests.servers.ports import free_port
from tests.servers.program import LIMIT, READY

pytestmark = pytest.mark.anyio
GUIDE = pathlib.Path(__file__).parent.parent / "guide"
# What the shop's gateway has sent to a program, with this service key, at this time.
HEADERS = json.loads((pathlib.Path(__file__).parent / "principal.json").read_text())
ACCOUNT, SIGNED_AT = "01a21c85-d77f-7360-9361-ebfc6c01cd1b", 1795774863.0


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "account" in request.node.name:
        monkeypatch.setattr("guide.principal.time.time", lambda: SIGNED_AT)


async def test_an_account_is_known_by_what_the_gateway_has_signed() -> None:
    assert account_of(HEADERS, KEY, "shop")["sub"] == ACCOUNT


async def test_an_account_is_not_known_by_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    header, claims, signature = HEADERS["x-principal"].split(".")
    assert account_of(HEADERS, "the-key-of-another", "shop") is None
    assert account_of(HEADERS, KEY, "another") is None
    assert account_of({}, KEY, "shop") is None
    forged = [f"{header}.{claims}.{end}" for end in ("", "é", signature + "é")]
    for principal in ("", "forged", *forged, f"{header}.{claims[:-2]}AA.{signature}"):
        assert account_of(HEADERS | {"x-principal": principal}, KEY, "shop") is None
    assert account_of(HEADERS | {"authorization": HEADERS["authorization"] + "x"}, KEY, "shop") is None
    monkeypatch.setattr("guide.principal.time.time", lambda: SIGNED_AT + 60)
    assert account_of(HEADERS, KEY, "shop") is None


def test_an_event_is_published_with_its_key_and_trace() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(204)

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://events") as client:
        publish_viewed(client, "tea", f"00-{TRACE}-00f067aa0ba902b7-01")
    (event,) = json.loads(requests[0].content)["events"]
    assert (event["type"], event["partitionkey"], event["data"]) == ("products.viewed", "tea", {"sku": "tea"})
    assert TRACE in event["traceparent"]


@pytest.fixture(scope="session")
def consumer(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The consumer in Go, as a program."""
    program = tmp_path_factory.mktemp("consumer") / "consumer"
    subprocess.run(["go", "vet", "consumer.go"], cwd=GUIDE / "consumer", check=True)
    subprocess.run(["go", "build", "-o", program, "consumer.go"], cwd=GUIDE / "consumer", check=True)
    return program


@contextlib.asynccontextmanager
async def consuming(consumer: pathlib.Path, service: EventsService) -> AsyncIterator[asyncio.subprocess.Process]:
    """Runs the consumer on a bus."""
    await service.start()
    environment = {"SERVICE_KEY": KEY, "ADDRESSES": f"events=127.0.0.1:{service.port}", "LIFELINE": "1"}
    process = await asyncio.create_subprocess_exec(
        consumer,
        env={**os.environ, **environment, "HOST": "127.0.0.1", "PORT": str(free_port()), "READY_LINE": READY},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert await line(process) == f"{READY}\n"
        yield process
        process.stdin.close()
        assert await asyncio.wait_for(process.wait(), LIMIT) == 0
    finally:
        if process.returncode is None:
            process.kill()
        await service.stop()


async def line(process: asyncio.subprocess.Process) -> str:
    return (await asyncio.wait_for(process.stdout.readline(), LIMIT)).decode()


async def test_the_consumer_in_go_handles_events(consumer: pathlib.Path) -> None:
    service = EventsService(group="consumer")
    async with consuming(consumer, service) as process:
        for _ in range(2):  # Once, and again after the bus was killed.
            event = ended("tea", "cup")
            await service.publish(event)
            assert (await line(process)).startswith(f"orders.ended {event['id']} {{")
            await asyncio.wait_for(service.settled.get(), LIMIT)
            await service.stop()
            await service.start()


async def test_the_consumer_in_go_gets_deliveries_again_whose_response_was_lost(consumer: pathlib.Path) -> None:
    service, event = EventsService(group="consumer"), ended("tea", "cup")
    async with consuming(consumer, service) as process:
        first = await asyncio.wait_for(service.polls.get(), LIMIT)
        service.breaks = True
        await service.publish(event)
        assert (await line(process)).startswith(f"orders.ended {event['id']} {{")
        assert not service.breaks
        # It did not ask again as the same member, which would have been told of nothing.
        assert await asyncio.wait_for(service.polls.get(), LIMIT) != first


async def test_the_consumer_in_go_settles_each_event(consumer: pathlib.Path) -> None:
    service, events = EventsService(group="consumer"), [ended("tea", "cup") for _ in range(3)]
    service.settles = False
    async with consuming(consumer, service) as process:
        await service.publish(*events)
        assert events[0]["id"] in await line(process)
        await asyncio.wait_for(service.settled.get(), LIMIT)
        # The settlement of the first has no response yet, so the second is not handled.
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(process.stdout.readline(), 0.5)
        assert service.settled.empty()


@pytest.mark.parametrize(("host", "code"), [("127.0.0.1", 1), ("192.0.2.1", 78)])
async def test_the_consumer_in_go_is_started_again_if_its_port_is_in_use(
    consumer: pathlib.Path, host: str, code: int
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        environment = {"SERVICE_KEY": KEY, "ADDRESSES": f"events=127.0.0.1:{free_port()}", "HOST": host}
        process = await asyncio.create_subprocess_exec(
            consumer, env=environment | {"PORT": str(other.getsockname()[1])}, stderr=asyncio.subprocess.PIPE
        )
        _, log = await asyncio.wait_for(process.communicate(), LIMIT)
    assert process.returncode == code
    assert b"HOST and PORT cannot be listened on" in log


async def test_the_consumer_in_go_ends_without_an_address(consumer: pathlib.Path) -> None:
    environment = {"SERVICE_KEY": KEY, "ADDRESSES": ""}
    process = await asyncio.create_subprocess_exec(consumer, env=environment, stderr=asyncio.subprocess.PIPE)
    _, log = await process.communicate()
    assert process.returncode == 78
    assert b"ADDRESSES must have the address of events" in log
