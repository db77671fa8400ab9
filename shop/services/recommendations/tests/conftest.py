"""What the tests share."""

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.buses import Bus, HTTPBus, KafkaBus, RabbitMQBus
from tests.servers.events_service import EventsService
from tests.servers.kafka import KafkaCluster
from tests.servers.postgres import Postgres
from tests.servers.rabbitmq import RabbitMQ

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    server = RabbitMQ(tmp_path_factory.mktemp("rabbitmq"))
    server.start()
    yield server
    server.end()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    folder = tmp_path_factory.mktemp("postgres")
    # Another user runs it as root.
    folder.parent.chmod(0o711)
    folder.parent.parent.chmod(0o711)
    server = Postgres(folder)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaCluster]:
    cluster = KafkaCluster()
    yield cluster
    cluster.end()


@pytest.fixture
async def events_service() -> AsyncIterator[EventsService]:
    service = EventsService()
    await service.start()
    yield service
    await service.stop()


@pytest.fixture(params=["http", "rabbitmq", "kafka"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    """Each of the event buses, without events."""
    prefix = f"test-{next(NUMBERS)}"
    match request.param:
        case "http":
            service = EventsService()
            await service.start()
            yield HTTPBus(service)
            await service.stop()
        case "rabbitmq":
            bus = RabbitMQBus(request.getfixturevalue("rabbitmq"), prefix)
            await bus.declare()
            yield bus
        case "kafka":
            yield KafkaBus(request.getfixturevalue("kafka"), prefix)
