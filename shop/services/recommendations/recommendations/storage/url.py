"""The setting that says in which database the state is."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from recommendations.configuration import ConfigurationError
from recommendations.redaction import SecretFilter

FORMS = "sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
# Parameters that the system's other services understand, and libpq does not.
FOREIGN = {"connections", "pooler", "pool_timeout"}


@dataclass(frozen=True)
class StorageURL:
    """Where the database is."""

    key: str
    """The setting, for errors."""
    path: Path | None = None
    """The file of an SQLite database."""
    postgres: str | None = None
    """The URL of a PostgreSQL database."""

    def __repr__(self) -> str:
        """Shows the setting alone, because the URL may have a password."""
        return f"StorageURL({self.key})"

    @staticmethod
    def file(path: Path) -> "StorageURL":
        """Returns the URL of a file in the data folder."""
        return StorageURL("DATA_DIR", path=path)

    @staticmethod
    def read(key: str, text: str) -> "StorageURL":
        """Reads a setting. Raises a `ConfigurationError`."""
        try:
            url = urlsplit(text)
            path = text.partition(":")[2].partition("?")[0]
            if url.scheme == "sqlite" and path:
                return StorageURL(key, path=Path(path))
            if url.scheme in ("postgres", "postgresql") and url.netloc and len(url.path) > 1:
                return StorageURL(key, postgres=_postgres(text))
        except ValueError:
            pass
        raise ConfigurationError(f"{key}={SecretFilter({}).hidden(text)} is wrong: it must be {FORMS}")


def _postgres(text: str) -> str:
    url = urlsplit(text)
    query = {name: value for name, value in parse_qsl(url.query, keep_blank_values=True) if name not in FOREIGN}
    return urlunsplit((url.scheme, url.netloc, url.path, urlencode({"connect_timeout": "5"} | query), ""))
