"""The settings of the service, which are environment variables."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from recommendations.addresses import Address, read_addresses, read_port
from recommendations.configuration import ConfigurationError
from recommendations.events.url import EventsURL
from recommendations.log import FORMATS, LEVELS
from recommendations.storage.url import StorageURL

SERVICE = "recommendations"
SHORTEST_KEY = 16
T = TypeVar("T")


@dataclass(frozen=True)
class Settings:
    """The settings, each of which is valid."""

    host: str
    port: int
    storage: StorageURL
    bus: EventsURL
    catalog: Address
    service_key: str
    ready_line: str | None
    lifeline: bool

    def __repr__(self) -> str:
        """Shows nothing, because some settings are secret."""
        return "Settings(…)"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Reads the settings, and reports all faults together as a `ConfigurationError`."""
    reader = _Reader(environment)
    addresses = reader.addresses()
    values = {
        "host": environment.get("HOST") or "127.0.0.1",
        "port": reader.port(),
        "storage": reader.attempt(lambda: _storage(environment)),
        "bus": reader.attempt(lambda: EventsURL.read(environment.get("EVENTS_URL", ""), addresses)),
        "catalog": reader.catalog(addresses),
        "service_key": reader.service_key(),
        "ready_line": environment.get("READY_LINE"),
        "lifeline": reader.choice("LIFELINE", ("1", "true", "0", "false"), "0") in ("1", "true"),
    }
    reader.choice("LOG_LEVEL", LEVELS, "info")
    reader.choice("LOG_FORMAT", FORMATS, "text")
    if reader.faults:
        raise ConfigurationError(*reader.faults)
    return Settings(**values)


def _storage(environment: Mapping[str, str]) -> StorageURL:
    folder = Path(environment.get("DATA_DIR") or ".roost")
    for key in (f"{SERVICE.upper()}_DATABASE_URL", "DATABASE_URL"):
        if text := environment.get(key):
            return StorageURL.read(key, text.replace("{service}", SERVICE))
    return StorageURL.file(folder / f"{SERVICE}.db")


class _Reader:
    """Reads settings, and collects their faults."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.faults: list[str] = []

    def attempt(self, read: Callable[[], T]) -> T | None:
        """Returns what a function reads, or `None` if it found faults."""
        try:
            return read()
        except ConfigurationError as error:
            self.faults.extend(error.faults)
            return None

    def port(self) -> int | None:
        text = self._environment.get("PORT", "8080")
        port = read_port(text)
        if port is None:
            self.faults.append(f"PORT={text} is wrong: it must be a port from 1 to 65535")
        return port

    def addresses(self) -> dict[str, Address]:
        text = self._environment.get("ADDRESSES", "")
        addresses = read_addresses(text)
        if addresses is None:
            self.faults.append(
                f"ADDRESSES={text} is wrong: it must be a list such as catalog=127.0.0.1:4002,events=127.0.0.1:4003"
            )
        return addresses or {}

    def catalog(self, addresses: dict[str, Address]) -> Address | None:
        if "catalog" not in addresses:
            self.faults.append("ADDRESSES must have the address of catalog, which knows the products")
        return addresses.get("catalog")

    def service_key(self) -> str:
        key = self._environment.get("SERVICE_KEY", "")
        visible = all(" " <= character <= "~" for character in key) and key == key.strip()
        if len(key) < SHORTEST_KEY or not visible:
            self.faults.append(
                f"SERVICE_KEY must be given, for the catalog: {SHORTEST_KEY} or more visible ASCII characters"
            )
        return key

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        text = self._environment.get(key) or default
        if text not in allowed:
            self.faults.append(f"{key}={text} is wrong: it must be {', '.join(allowed)}")
        return text
