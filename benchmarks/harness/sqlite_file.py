"""The SQLite file of the database section."""
import contextlib, sqlite3


class SQLiteFile:
    """An SQLite file with the rows that PostgreSQL's table has at first."""

    def __init__(self, file):
        self.file = file
        with contextlib.closing(self.open()) as connection, connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE world (id INTEGER PRIMARY KEY, number INTEGER NOT NULL)")
            connection.executemany("INSERT INTO world VALUES (?, ?)", ((i, i * 7919 % 10000 + 1) for i in range(1, 10001)))

    def open(self):
        return sqlite3.connect(self.file)

    def rows(self, statement):
        with contextlib.closing(self.open()) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement)]
