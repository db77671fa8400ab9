"""The state in a PostgreSQL database."""

import contextlib
import time
from collections.abc import AsyncIterator, Sequence

import psycopg
from psycopg import AsyncConnection, sql
from psycopg_pool import AsyncConnectionPool

from recommendations.configuration import ConfigurationError
from recommendations.events.event import Event
from recommendations.storage import migrations, statements
from recommendations.storage.storage import DeadLetter, StorageUnavailable

LOCK = 0x7265636F  # "reco", the number of the advisory lock under which migrations are applied
CONNECTIONS = 4
TIMEOUT = 2.0  # seconds to wait for a connection
# The last one is of values that are too large, as for an index. psycopg counts it among the failures of the server.
EVENTS_FAULT = (psycopg.DataError, psycopg.IntegrityError, psycopg.errors.ProgramLimitExceeded)
# What the server says when another attempt would not help. libpq gives no code for it (PQconnectPoll).
REFUSALS = (
    "authentication failed",
    "does not exist",
    "no password supplied",
    "permission denied",
    "no pg_hba.conf entry",
    "invalid sslmode value",
)


class PostgresStorage:
    """A database, over a few connections that are replaced when they break."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key
        self._pool = AsyncConnectionPool(
            url,
            min_size=0,
            max_size=CONNECTIONS,
            timeout=TIMEOUT,
            open=False,
            check=AsyncConnectionPool.check_connection,
        )

    async def open(self) -> None:
        """Creates the database if it is missing, and applies the missing migrations. Raises a `ConfigurationError`."""
        try:
            await self._create_if_missing()
            await self._migrate()
        except psycopg.Error as error:
            if isinstance(error, psycopg.ProgrammingError) or any(words in str(error) for words in REFUSALS):
                raise ConfigurationError(f"{self._key} is wrong: the database refuses it: {_line(error)}") from error
            raise StorageUnavailable(_line(error)) from error
        await self._pool.open()

    async def partners(self, sku: str) -> list[str]:
        """Returns the products that were bought together with one, the most often bought first."""
        async with self._transaction() as connection:
            cursor = await connection.execute(_sql(statements.PARTNERS), (sku,))
            return [row[0] for row in await cursor.fetchall()]

    async def learn(self, event: Event, skus: Sequence[str]) -> bool:
        """Notes that products were bought together, unless it was noted before for the same event."""
        now, pairs = _now(), statements.pairs(skus)
        async with self._transaction() as connection:
            cursor = await connection.execute(_sql(statements.RECORD_EVENT), (event.id, event.generation, now))
            is_new = cursor.rowcount == 1
            if is_new:
                await cursor.execute(_sql(statements.FORGET_EVENTS), (now - statements.RETENTION,))
                await cursor.executemany(_sql(statements.COUNT_PAIR), [(*pair, now) for pair in pairs])
                await cursor.executemany(_sql(statements.FORGET_PARTNERS), sorted({(sku, sku) for sku, _ in pairs}))
        return is_new

    async def bury(self, letter: DeadLetter) -> None:
        """Keeps a dead letter."""
        async with self._transaction() as connection:
            await connection.execute(
                _sql(statements.BURY), (letter.id, letter.topic, letter.reason, letter.event, _now())
            )

    async def close(self) -> None:
        """Closes the connections."""
        await self._pool.close()

    @contextlib.asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commits at the end, or rolls back. Only refused values are the event's fault."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except EVENTS_FAULT:
            raise
        except psycopg.Error as error:
            raise StorageUnavailable(_line(error)) from error

    async def _create_if_missing(self) -> None:
        """Creates the database, as the system's other services do. Another process may do so at the same time."""
        try:
            async with await AsyncConnection.connect(self._url):
                return
        except psycopg.OperationalError as error:
            name = psycopg.conninfo.conninfo_to_dict(self._url)["dbname"]
            if f'database "{name}" does not exist' not in str(error):
                raise
        async with await AsyncConnection.connect(self._url, dbname="postgres", autocommit=True) as connection:
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    async def _migrate(self) -> None:
        async with await AsyncConnection.connect(self._url) as connection:
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            await connection.execute(migrations.CREATE_TABLE)
            cursor = await connection.execute(migrations.APPLIED)
            applied = {row[0] for row in await cursor.fetchall()}
            for migration in migrations.missing(applied):
                for statement in migration.statements:
                    await connection.execute(statement)
                await connection.execute(_sql(migrations.RECORD), (migration.number, migration.name))


def _sql(statement: str) -> str:
    """Returns a statement with the placeholders of psycopg."""
    return statement.replace("?", "%s")


def _line(error: Exception) -> str:
    """Returns an error as one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _now() -> int:
    """Returns the time in milliseconds."""
    return time.time_ns() // 1_000_000
