"""The setting `EVENTS_URL`, which says on which event bus the system's events travel."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from recommendations.addresses import Address
from recommendations.configuration import ConfigurationError
from recommendations.redaction import SecretFilter

FORMS = (
    "amqp://USER:PASSWORD@HOST:PORT/VHOST, amqps://…, kafka://HOST:PORT,HOST:PORT, kafka+ssl://USER:PASSWORD@HOST:PORT "
    "or sqlite:PATH, the brokers' with ?prefix=NAME if it is not roost"
)
# The options of each scheme, with their values. The last two of Kafka are for programs that publish.
OPTIONS = {"prefix": "[a-z0-9-]{1,32}"}
AMQP = OPTIONS | {"heartbeat": "[1-9][0-9]{0,3}"}
KAFKA = OPTIONS | {"partitions": "[1-9][0-9]{0,3}", "timeout": r"[0-9.]{1,6}"}
TLS = {"ca": ".+"}
SCHEMES = {
    "amqp": AMQP,
    "amqps": AMQP | TLS,
    "kafka": KAFKA,
    "kafka+ssl": KAFKA | TLS | {"mechanism": "PLAIN|SCRAM-SHA-256|SCRAM-SHA-512"},
}
SERVER = r"(\[[0-9a-fA-F:.]+\]|[^\s:@/\[\]]+)(:[0-9]{1,5})?"


@dataclass(frozen=True)
class EventsURL:
    """Where the event bus is."""

    scheme: str
    """`http` for the event bus's own interface; otherwise that of the broker's URL."""
    servers: tuple[str, ...]
    """The servers, each as `HOST:PORT`."""
    credentials: str = ""
    """`USER:PASSWORD`, as they are in the URL."""
    path: str = ""
    """The path, with its slash."""
    options: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Shows the scheme alone, because the rest may have a password."""
        return f"EventsURL({self.scheme})"

    @property
    def prefix(self) -> str:
        """What the names on the broker begin with."""
        return self.options.get("prefix", "roost")

    @staticmethod
    def read(text: str, addresses: Mapping[str, Address]) -> "EventsURL":
        """Reads the setting. The embedded log is reached at the address of `events`. Raises a `ConfigurationError`."""
        if text.partition(":")[0].lower() in ("", "sqlite"):
            if "events" not in addresses:
                raise ConfigurationError(
                    "ADDRESSES must have the address of events, because EVENTS_URL names no broker"
                )
            return EventsURL("http", (str(addresses["events"]),))
        shown = SecretFilter({}).hidden(text)
        try:
            url = _broker(text)
        except ValueError:
            raise ConfigurationError(f"EVENTS_URL={shown} is wrong: it must be {FORMS}") from None
        if "ca" in url.options and not os.access(url.options["ca"], os.R_OK):
            raise ConfigurationError(f"EVENTS_URL={shown} is wrong: ca must be a file that can be read")
        return url


def _broker(text: str) -> EventsURL:
    """Reads a broker's URL. Raises a `ValueError`."""
    url = urlsplit(text)
    options = dict(parse_qsl(url.query, strict_parsing=True)) if url.query else {}
    credentials, _, servers = url.netloc.rpartition("@")
    allowed = SCHEMES.get(url.scheme, {})
    is_sound = (
        all(re.fullmatch(allowed.get(name, "(?!)"), value) for name, value in options.items())
        and all(re.fullmatch(SERVER, server) for server in servers.split(","))
        and (not credentials or re.fullmatch("[^:]+:.+", credentials))
        # A password is only sent to Kafka with TLS.
        and not (url.scheme == "kafka" and credentials)
    )
    if url.scheme not in SCHEMES or not is_sound:
        raise ValueError
    return EventsURL(url.scheme, tuple(servers.split(",")), credentials, url.path, options)
