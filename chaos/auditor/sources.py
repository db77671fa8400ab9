"""The databases of the services: files of SQLite, or databases of a PostgreSQL server. They are only read."""
import contextlib
import pathlib
import sqlite3

SERVICES = ["accounts", "catalog", "orders", "payments", "processor", "notifications", "events", "store"]


class Missing(Exception):
    """A table that is not there."""


class Sources:
    """Reads tables by the name of their service. What is in memory of the bus and the store is in files in either case."""

    def __init__(self, folder, postgres=None, files=None):
        self._folder = pathlib.Path(folder)
        self._files = files or {}  # those that are elsewhere, by the names of their services
        self.postgres = postgres

    def _is_file(self, service):
        return self.postgres is None or self._path(service).exists()

    def _path(self, service):
        return self._files.get(service, self._folder / f"{service}.db")

    @contextlib.contextmanager
    def _open(self, service):
        if self._is_file(service):
            path = self._path(service)
            if not path.exists():
                raise Missing(f"{service}: there is no file {path.name}")
            connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=10)
            connection.row_factory = sqlite3.Row
        else:
            import psycopg
            from psycopg.rows import dict_row

            connection = psycopg.connect(f"{self.postgres}{service}", row_factory=dict_row, autocommit=True, connect_timeout=5)
        with contextlib.closing(connection):
            yield connection

    def rows(self, service, sql):
        """The rows of a query, as dictionaries.

        Raises Missing if there is no such table, and OSError if the database cannot be read now.
        """
        with self._failures(service), self._open(service) as connection:
            return [dict(row) for row in connection.execute(sql).fetchall()]

    def snapshot(self, service, *queries):
        """The rows of several queries, all as of one moment."""
        with self._failures(service), self._open(service) as connection:
            begin = "BEGIN" if self._is_file(service) else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            connection.execute(begin)
            return [[dict(row) for row in connection.execute(sql).fetchall()] for sql in queries]

    @contextlib.contextmanager
    def _failures(self, service):
        try:
            yield
        except (Missing, OSError):
            raise
        except Exception as error:
            text = str(error)
            if "no such table" in text or "does not exist" in text:
                raise Missing(f"{service}: {text.splitlines()[0]}") from error
            raise OSError(f"{service}: {text.splitlines()[0] if text else type(error).__name__}") from error

    def with_table(self, table):
        """The services that have a table."""
        found = []
        for service in SERVICES:
            try:
                self.rows(service, f"SELECT 1 FROM {table} LIMIT 1")
                found.append(service)
            except Missing:
                continue
        return found
