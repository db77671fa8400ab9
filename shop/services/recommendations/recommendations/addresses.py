"""The addresses of the system's other services."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """Where a service listens."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def read_port(text: str) -> int | None:
    """Returns a port from 1 to 65535, or `None`."""
    return int(text) if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535 else None


def read_addresses(text: str) -> dict[str, Address] | None:
    """Reads a list such as `catalog=127.0.0.1:4002,events=127.0.0.1:4003`. Returns `None` if it is not one."""
    addresses = {}
    for entry in filter(None, text.split(",")):
        name, _, location = entry.partition("=")
        host, _, port_text = location.rpartition(":")
        port = read_port(port_text)
        if not (name and host and port):
            return None
        addresses[name] = Address(host, port)
    return addresses
