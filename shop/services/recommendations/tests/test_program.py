"""The service as a process: how it starts, stops, fails and goes on."""

import asyncio
import pathlib
import socket
import sqlite3

import httpx
import psycopg
import pytest

from tests.buses import KafkaBus, RabbitMQBus
from tests.events import ended
from tests.servers.catalog_service import CatalogService, serving
from tests.servers.events_service import KEY, EventsService
from tests.servers.kafka import KafkaCluster
from tests.servers.ports import free_port
from tests.servers.postgres import Postgres
from tests.servers.program import LIMIT, READY, Program, started
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.anyio


@pytest.fixture
def environment(tmp_path: pathlib.Path, events_service: EventsService) -> dict[str, str]:
    """The environment that the supervisor gives."""
    return {
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "DATA_DIR": str(tmp_path),
        "SERVICE_KEY": KEY,
        "ADDRESSES": f"catalog=127.0.0.1:{free_port()},events=127.0.0.1:{events_service.port}",
        "ENVIRONMENT": "development",
        "PUBLIC_URL": "http://127.0.0.1:8000",
    }


def orders(folder: pathlib.Path) -> list[tuple[str, int]]:
    """Returns how many orders each product was bought in together with another one."""
    statement = "SELECT sku, orders FROM pairs ORDER BY sku"
    return sqlite3.connect(folder / "recommendations.db").execute(statement).fetchall()


async def settled(service: EventsService) -> str:
    return await asyncio.wait_for(service.settled.get(), LIMIT)


async def stopped_in_order(program: Program) -> None:
    program.terminate()
    assert await program.exit_code() == 0


async def test_it_tells_when_it_listens_and_ends_when_told(environment: dict[str, str]) -> None:
    async with started(environment) as program:
        assert await program.line() == READY
        async with httpx.AsyncClient() as client:
            response = await client.get(f"http://127.0.0.1:{environment['PORT']}/health/ready", timeout=LIMIT)
        assert (response.status_code, response.text) == (200, "ready")
        await stopped_in_order(program)


async def test_it_ends_when_its_lifeline_does(environment: dict[str, str]) -> None:
    async with started(environment | {"LIFELINE": "1"}) as program:
        assert await program.line() == READY
        program.process.stdin.close()
        assert await program.exit_code() == 0


async def test_it_goes_on_without_a_lifeline(environment: dict[str, str], events_service: EventsService) -> None:
    async with started(environment) as program:
        assert await program.line() == READY
        program.process.stdin.close()
        await events_service.publish(ended("tea", "cup"))
        await settled(events_service)
        await stopped_in_order(program)


async def test_it_recommends_what_it_has_learned(environment: dict[str, str], events_service: EventsService) -> None:
    catalog, trace = CatalogService(), "0af7651916cd43dd8448eb211c80319c"
    catalog.stock = {"cup": 3}
    async with serving(catalog) as port:
        environment["ADDRESSES"] = f"catalog=127.0.0.1:{port},events=127.0.0.1:{events_service.port}"
        async with (
            started(environment | {"LOG_FORMAT": "json", "LOG_LEVEL": "debug"}) as program,
            httpx.AsyncClient() as client,
        ):
            assert await program.line() == READY
            await events_service.publish(ended("tea", "cup"))
            await settled(events_service)
            url = f"http://127.0.0.1:{environment['PORT']}/products/tea/recommendations"
            headers, response = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}, None
            # The catalog may answer too late on a busy machine.
            async with asyncio.timeout(LIMIT):
                while response is None or response.status_code == 504:
                    response = await client.get(url, headers=headers, timeout=LIMIT)
            assert [item["sku"] for item in response.json()["items"]] == ["cup"]
            assert trace in catalog.metadata[0]["traceparent"]
            assert trace in await program.log_line("GET /products/{sku:path}/recommendations 200")


async def test_a_death_between_commit_and_settlement_has_no_second_effect(
    environment: dict[str, str], events_service: EventsService, tmp_path: pathlib.Path
) -> None:
    events_service.settles = False
    await events_service.publish(ended("tea", "cup"))
    async with started(environment):
        await settled(events_service)  # So it is committed, and the settlement gets no answer.
    assert orders(tmp_path) == [("cup", 1), ("tea", 1)]
    await events_service.forget_members()
    events_service.settles = True
    async with started(environment) as program:
        await settled(events_service)
        await stopped_in_order(program)
    assert orders(tmp_path) == [("cup", 1), ("tea", 1)]


async def test_a_member_that_was_forgotten_joins_again(
    environment: dict[str, str], events_service: EventsService
) -> None:
    async with started(environment) as program:
        assert await program.line() == READY
        first = await asyncio.wait_for(events_service.polls.get(), LIMIT)
        await events_service.forget_members()
        await events_service.publish(ended("tea", "cup"))
        await settled(events_service)
        assert first not in events_service.members
        await stopped_in_order(program)


async def test_a_poison_event_is_kept_with_its_reason(
    environment: dict[str, str], events_service: EventsService, tmp_path: pathlib.Path
) -> None:
    poison = ended("tea", "cup", id="poison") | {"data": {"status": "confirmed"}}
    await events_service.publish(poison, ended("tea", "cup"))
    async with started(environment) as program:
        assert "the event poison of orders.ended is a dead letter" in await program.log_line("dead letter")
        await settled(events_service)
        await stopped_in_order(program)
    database = sqlite3.connect(tmp_path / "recommendations.db")
    ((identifier, reason),) = database.execute("SELECT id, reason FROM dead_letters").fetchall()
    assert (identifier, "/items Field required" in reason) == ("poison", True)
    assert orders(tmp_path) == [("cup", 1), ("tea", 1)]


async def test_it_runs_on_postgres_and_rabbitmq(
    environment: dict[str, str], postgres: Postgres, rabbitmq: RabbitMQ
) -> None:
    bus = RabbitMQBus(rabbitmq, "shop")
    await bus.declare()
    database = f"{{service}}-{free_port()}"
    urls = {"DATABASE_URL": postgres.url(database), "EVENTS_URL": f"{rabbitmq.url()}?prefix=shop"}
    await learns(environment | urls, bus, postgres.url(database.replace("{service}", "recommendations")))


async def test_it_runs_on_postgres_and_kafka(
    environment: dict[str, str], postgres: Postgres, kafka: KafkaCluster
) -> None:
    bus = KafkaBus(kafka, "shop")
    database = f"recommendations-{free_port()}"
    urls = {
        "RECOMMENDATIONS_DATABASE_URL": postgres.url(database),
        "EVENTS_URL": f"kafka://{kafka.brokers}?prefix=shop",
    }
    await learns(environment | urls, bus, postgres.url(database))


async def learns(environment: dict[str, str], bus: RabbitMQBus | KafkaBus, database: str) -> None:
    """Has the service learn from an order, and reads from its database that it has."""
    # They have one key, so the first has taken effect when the second is a dead letter.
    await bus.publish(ended("tea", "cup"), ended("tea", "cup") | {"data": None})
    async with started(environment) as program:
        assert await program.line() == READY
        await program.log_line("is a dead letter")
        await stopped_in_order(program)
    with psycopg.connect(database.replace("&connections=3", "")) as connection:
        assert connection.execute("SELECT sku, orders FROM pairs ORDER BY sku").fetchall() == [("cup", 1), ("tea", 1)]
        assert connection.execute("SELECT count(*) FROM dead_letters").fetchone() == (1,)


async def test_a_database_that_is_down_is_waited_for(environment: dict[str, str]) -> None:
    url = f"postgres://u:the-password@127.0.0.1:{free_port()}/x"
    async with started(environment | {"DATABASE_URL": url}) as program:
        assert "the-password" not in await program.log_line("the database cannot be used")
        await stopped_in_order(program)


async def refused(environment: dict[str, str], *words: str) -> None:
    """Checks that the service ends with 78, with a line that has the words, and no secret."""
    async with started(environment) as program:
        code, log = await program.ended()
    lines = [line for line in log.splitlines() if line.startswith("recommendations: ")]
    assert code == 78, log
    assert len(lines) == 1, log
    assert all(word in lines[0] for word in words), log
    assert "hidden-secret" not in log
    assert KEY not in log


async def test_a_wrong_setting_ends_it(environment: dict[str, str]) -> None:
    await refused(
        environment | {"EVENTS_URL": "nats://u:hidden-secret@x"}, "EVENTS_URL=nats://***@x is wrong: it must be"
    )


async def test_a_host_that_cannot_be_used_ends_it(environment: dict[str, str]) -> None:
    await refused(environment | {"HOST": "192.0.2.1"}, "HOST=192.0.2.1 PORT=", "cannot be listened on: Cannot assign")


async def test_a_port_in_use_ends_it_so_that_it_is_started_again(environment: dict[str, str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        async with started(environment | {"PORT": port}) as program:
            code, log = await program.ended()
    assert code == 1, log
    assert f"PORT={port} cannot be listened on now: Address already in use" in log
    assert KEY not in log


async def test_a_folder_that_cannot_be_used_ends_it(environment: dict[str, str]) -> None:
    await refused(environment | {"DATA_DIR": "/proc/nowhere"}, "DATA_DIR: /proc/nowhere/recommendations.db must be")


async def test_a_password_that_postgres_refuses_ends_it(environment: dict[str, str], postgres: Postgres) -> None:
    url = postgres.url("x", password="hidden-secret")
    await refused(environment | {"DATABASE_URL": url}, "DATABASE_URL is wrong: the database refuses it")


async def test_a_password_that_rabbitmq_refuses_ends_it(environment: dict[str, str], rabbitmq: RabbitMQ) -> None:
    url = rabbitmq.url(password="hidden-secret")
    await refused(environment | {"EVENTS_URL": url}, "EVENTS_URL is wrong: the broker refuses it")


async def test_a_key_that_the_events_service_refuses_ends_it(environment: dict[str, str]) -> None:
    await refused(environment | {"SERVICE_KEY": "hidden-secret-key"}, "SERVICE_KEY is wrong: the event bus refuses it")
