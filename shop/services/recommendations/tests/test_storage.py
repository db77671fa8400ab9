"""The state, in both databases."""

import asyncio
import contextlib
import pathlib
import random
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from recommendations.configuration import ConfigurationError
from recommendations.events.event import Event, UnreadableEvent
from recommendations.storage import sqlite, statements
from recommendations.storage.postgres import PostgresStorage
from recommendations.storage.sqlite import SQLiteStorage
from recommendations.storage.storage import DeadLetter, Storage, StorageUnavailable
from recommendations.storage.url import StorageURL
from tests.servers.postgres import Postgres

pytestmark = pytest.mark.anyio
# PostgreSQL has at most 2704 bytes for a row of an index, which it compresses.
LONG = random.Random(1).randbytes(5000).hex()


@dataclass
class Opened:
    """A storage, and what a test needs beside it."""

    storage: Storage
    another: Callable[[], Storage]
    rows: Callable[[str], list[tuple[Any, ...]]]


def postgres_storage(url: str) -> PostgresStorage:
    return PostgresStorage(StorageURL.read("DATABASE_URL", url).postgres, "DATABASE_URL")


def postgres_rows(server: Postgres, database: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.url(database).replace("&connections=3", "")) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture(params=["sqlite", "postgres"])
async def opened(
    request: pytest.FixtureRequest, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opened]:
    """An empty storage in each of the databases."""
    # A busy machine takes its time.
    monkeypatch.setattr("recommendations.storage.postgres.TIMEOUT", 60)
    if request.param == "sqlite":
        path = tmp_path / "new" / "recommendations.db"

        def another() -> Storage:
            return SQLiteStorage(path, "DATA_DIR")

        def rows(statement: str) -> list[tuple[Any, ...]]:
            return sqlite3.connect(path).execute(statement).fetchall()
    else:
        server, database = request.getfixturevalue("postgres"), f"recommendations-{uuid.uuid4().hex[:8]}"

        def another() -> Storage:
            return postgres_storage(server.url(database))

        def rows(statement: str) -> list[tuple[Any, ...]]:
            return postgres_rows(server, database, statement)

    storage = another()
    await storage.open()
    yield Opened(storage, another, rows)
    await storage.close()


def event(identifier: str = "", generation: int = 0) -> Event:
    return Event(identifier or str(uuid.uuid4()), "orders.ended", 1, None, {"a": 1}, generation)


async def test_the_most_often_bought_partner_is_first(opened: Opened) -> None:
    for skus in (["tea", "cup"], ["tea", "pot"], ["tea", "pot"], ["milk"], ["pot", "pot"]):
        assert await opened.storage.learn(event(), skus)
    assert await opened.storage.partners("tea") == ["pot", "cup"]
    assert await opened.storage.partners("pot") == ["tea"]
    assert await opened.storage.partners("milk") == []


async def test_an_event_that_is_delivered_again_has_no_second_effect(opened: Opened) -> None:
    for _ in range(3):
        await opened.storage.learn(event("same"), ["tea", "cup"])
    assert opened.rows("SELECT sku, orders FROM pairs ORDER BY sku") == [("cup", 1), ("tea", 1)]
    assert not await opened.storage.learn(event("same"), ["tea", "cup"])


async def test_an_event_that_is_delivered_twice_at_once_has_one_effect(opened: Opened) -> None:
    second = opened.another()
    await second.open()
    storages = [opened.storage, second] * 4
    news = await asyncio.gather(*(each.learn(event("same"), ["tea", "cup"]) for each in storages))
    await second.close()
    assert sum(news) == 1
    assert opened.rows("SELECT orders FROM pairs") == [(1,), (1,)]


async def test_a_replayed_event_is_handled_again(opened: Opened) -> None:
    await opened.storage.learn(event("same"), ["tea", "cup"])
    assert await opened.storage.learn(event("same", generation=1), ["tea", "cup"])


async def test_what_is_learned_and_what_is_handled_are_one_transaction(opened: Opened) -> None:
    with pytest.raises(Exception, match=r"NUL|surrogate|utf-8|can't encode"):
        await opened.storage.learn(event("one"), ["tea", "a\ud800"])
    assert await opened.storage.learn(event("one"), ["tea", "cup"])


async def test_only_the_latest_partners_are_kept(opened: Opened) -> None:
    most = statements.MOST_PARTNERS
    for start in range(0, most + 50, 50):
        await opened.storage.learn(event(), ["tea", *(f"sku-{number:03}" for number in range(start, start + 50))])
    partners = await opened.storage.partners("tea")
    assert len(partners) == most
    assert f"sku-{most:03}" in partners


async def test_handled_events_are_forgotten_after_their_retention(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened.storage.learn(event("first"), ["tea", "cup"])
    monkeypatch.setattr(statements, "RETENTION", -1)
    await opened.storage.learn(event("second"), ["tea", "cup"])
    assert ("first",) not in opened.rows("SELECT id FROM handled_events")


async def test_a_dead_letter_is_kept_once(opened: Opened) -> None:
    letter = DeadLetter.of_event(event("dead"), "no\0 \ud800")
    await opened.storage.bury(letter)
    await opened.storage.bury(letter)
    assert [(row[0], row[2]) for row in opened.rows("SELECT * FROM dead_letters")] == [("dead", "no \\ud800")]


async def test_a_dead_letter_of_any_bytes_is_kept(opened: Opened) -> None:
    await opened.storage.bury(DeadLetter.of_unreadable(UnreadableEvent("a\0", "\ud800", "x" * 9999, "\0\ud800")))
    ((identifier, topic, reason),) = opened.rows("SELECT id, topic, reason FROM dead_letters")
    assert (identifier, topic, len(reason)) == ("a", "\\ud800", 2048)


async def test_a_dead_letter_whose_identifier_is_too_long_for_an_index_is_kept(opened: Opened) -> None:
    identifier = LONG[:255]
    await opened.storage.bury(DeadLetter.of_unreadable(UnreadableEvent(LONG, "t", "r", "{}")))
    assert opened.rows("SELECT id FROM dead_letters") == [(identifier,)]


async def test_a_value_that_is_too_long_for_an_index_is_the_fault_of_the_event(postgres: Postgres) -> None:
    storage = postgres_storage(postgres.url(f"long-{uuid.uuid4().hex[:8]}"))
    await storage.open()
    with pytest.raises(psycopg.errors.ProgramLimitExceeded):
        await storage.learn(event(), ["tea", LONG])
    await storage.close()


async def test_replicas_that_start_at_once_migrate_once(opened: Opened) -> None:
    storages = [opened.another() for _ in range(4)]
    await asyncio.gather(*(each.open() for each in storages))
    for each in storages:
        await each.close()
    assert opened.rows("SELECT number, name FROM migrations") == [(1, "0001_pairs")]


async def test_a_new_database_is_migrated_once_however_many_start(postgres: Postgres) -> None:
    database = f"new-{uuid.uuid4().hex[:8]}"
    storages = [postgres_storage(postgres.url(database)) for _ in range(4)]
    await asyncio.gather(*(each.open() for each in storages))
    for each in storages:
        await each.close()
    assert postgres_rows(postgres, database, "SELECT number FROM migrations") == [(1,)]


async def test_a_database_that_was_killed_is_used_again(postgres: Postgres) -> None:
    storage = postgres_storage(postgres.url("killed"))
    await storage.open()
    await storage.learn(event("before"), ["tea", "cup"])
    postgres.kill()
    with pytest.raises(StorageUnavailable):
        await storage.partners("tea")
    with pytest.raises(StorageUnavailable):
        await postgres_storage(postgres.url("killed")).open()
    postgres.start()
    partners = None
    async with asyncio.timeout(60):
        while partners is None:
            # The pool pauses between its attempts to connect.
            with contextlib.suppress(StorageUnavailable):
                partners = await storage.partners("tea")
    assert partners == ["cup"]
    assert not await storage.learn(event("before"), ["tea", "cup"])
    await storage.close()


@pytest.mark.parametrize(("user", "password"), [("postgres", "wrong-password"), ("nobody", "wrong-password")])
async def test_a_refused_password_is_a_wrong_configuration(postgres: Postgres, user: str, password: str) -> None:
    with pytest.raises(ConfigurationError, match="DATABASE_URL is wrong: the database refuses it") as raised:
        await postgres_storage(postgres.url("x", user, password)).open()
    assert password not in str(raised.value)


async def test_a_user_without_rights_is_a_wrong_configuration(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url("postgres").replace("&connections=3", ""), autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'reader-password'")
    for database in ("missing", "postgres"):
        with pytest.raises(ConfigurationError, match=r"the database refuses it: .*permission denied"):
            await postgres_storage(postgres.url(database, "reader", "reader-password")).open()


async def test_a_file_that_is_no_database_is_a_wrong_configuration(tmp_path: pathlib.Path) -> None:
    (tmp_path / "text").write_text("This is not a database. " * 100)
    for path in (tmp_path / "text", tmp_path, tmp_path / "text" / "below"):
        with pytest.raises(ConfigurationError, match="must be a database file that can be written"):
            await SQLiteStorage(path, "DATA_DIR").open()


async def test_a_file_that_another_process_writes_is_not_available(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_LIMIT", 0.01)
    storage = SQLiteStorage(tmp_path / "x.db", "DATA_DIR")
    await storage.open()
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="locked"):
        await storage.learn(event("one"), ["tea", "cup"])
    other.execute("COMMIT")
    assert await storage.learn(event("one"), ["tea", "cup"])
    await storage.close()


async def test_a_commit_waits_for_the_disk(tmp_path: pathlib.Path) -> None:
    storage = SQLiteStorage(tmp_path / "x.db", "DATA_DIR")
    await storage.open()
    settings = await storage._run(
        lambda: [
            storage._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
    )
    await storage.close()
    assert settings == ["wal", 2]


@pytest.mark.parametrize("parameter", ["sslmode=perhaps", "unknown=1"])
async def test_a_wrong_parameter_is_a_wrong_configuration(postgres: Postgres, parameter: str) -> None:
    url = postgres.url("postgres").replace("sslmode=disable", parameter)
    with pytest.raises(ConfigurationError, match="DATABASE_URL is wrong"):
        await postgres_storage(url).open()
