"""The state in an SQLite file."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from recommendations.configuration import ConfigurationError
from recommendations.events.event import Event
from recommendations.storage import migrations, statements
from recommendations.storage.storage import DeadLetter, StorageUnavailable

T = TypeVar("T")
BUSY_LIMIT = 5.0  # seconds to wait for another process that writes
EVENTS_FAULT = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.ProgrammingError)


class SQLiteStorage:
    """A file, which one thread uses over one connection: SQLite has one writer at a time, and reads are quick."""

    def __init__(self, path: Path, key: str) -> None:
        self._path, self._key = path, key
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite")

    async def open(self) -> None:
        """Opens the file, and applies the missing migrations. Raises a `ConfigurationError` if it cannot be used."""
        try:
            await self._run(self._open)
        except (OSError, StorageUnavailable) as error:
            raise ConfigurationError(
                f"{self._key}: {self._path} must be a database file that can be written: {error}"
            ) from error

    async def partners(self, sku: str) -> list[str]:
        """Returns the products that were bought together with one, the most often bought first."""
        rows = await self._run(lambda: self._connection.execute(statements.PARTNERS, (sku,)).fetchall())
        return [row[0] for row in rows]

    async def learn(self, event: Event, skus: Sequence[str]) -> bool:
        """Notes that products were bought together, unless it was noted before for the same event."""
        return await self._run(lambda: self._learn(event, skus))

    async def bury(self, letter: DeadLetter) -> None:
        """Keeps a dead letter."""
        values = (letter.id, letter.topic, letter.reason, letter.event, _now())
        await self._run(lambda: self._connection.execute(statements.BURY, values))

    async def close(self) -> None:
        """Waits for what is under way, and closes the file."""
        await self._run(self._connection.close)
        self._thread.shutdown()

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            self._path, timeout=BUSY_LIMIT, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        with self._transaction() as connection:
            connection.execute(migrations.CREATE_TABLE)
            applied = {row[0] for row in connection.execute(migrations.APPLIED)}
            for migration in migrations.missing(applied):
                for statement in migration.statements:
                    connection.execute(statement)
                connection.execute(migrations.RECORD, (migration.number, migration.name))

    def _learn(self, event: Event, skus: Sequence[str]) -> bool:
        now, pairs = _now(), statements.pairs(skus)
        with self._transaction() as connection:
            is_new = connection.execute(statements.RECORD_EVENT, (event.id, event.generation, now)).rowcount == 1
            if is_new:
                connection.execute(statements.FORGET_EVENTS, (now - statements.RETENTION,))
                connection.executemany(statements.COUNT_PAIR, [(*pair, now) for pair in pairs])
                connection.executemany(statements.FORGET_PARTNERS, sorted({(sku, sku) for sku, _ in pairs}))
        return is_new

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Begins as the writer, so that it cannot fail half way because another process has written meanwhile."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise

    async def _run(self, body: Callable[[], T]) -> T:
        """Runs a function on the thread of the connection."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, body)
        except EVENTS_FAULT:
            raise
        except sqlite3.Error as error:
            raise StorageUnavailable(f"{self._path}: {error}") from error


def _now() -> int:
    """Returns the time in milliseconds."""
    return time.time_ns() // 1_000_000
