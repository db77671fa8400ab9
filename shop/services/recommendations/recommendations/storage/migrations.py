"""The migrations: numbered files of SQL, which both engines understand. Once released, a file is never changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "migrations"
CREATE_TABLE = "CREATE TABLE IF NOT EXISTS migrations (number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)"
APPLIED = "SELECT number FROM migrations"
RECORD = "INSERT INTO migrations (number, name) VALUES (?, ?)"


@dataclass(frozen=True)
class Migration:
    """One step from the former schema to the next."""

    number: int
    name: str
    statements: list[str]


def missing(applied: set[int], folder: Path = FOLDER) -> Iterator[Migration]:
    """Yields the migrations that were not applied yet, in order."""
    for file in sorted(folder.glob("*.sql")):
        number = int(file.name.partition("_")[0])
        if number not in applied:
            yield Migration(number, file.stem, [each for each in file.read_text().split(";\n") if each.strip()])
