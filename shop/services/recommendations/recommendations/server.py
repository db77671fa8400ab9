"""The HTTP server."""

import contextlib
import errno
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from recommendations.configuration import ConfigurationError

CONNECTIONS = 256
TEMPORARY = (errno.EADDRINUSE, socket.EAI_AGAIN)  # A port in use becomes free, and a name server comes back.
GRACE = 10  # seconds for the requests under way when the service stops


class Server(uvicorn.Server):
    """A server that tells when it listens, and leaves signals to the program."""

    def __init__(self, app: ASGIApp, listening: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, and tells so."""
        await super().startup(sockets)
        self._listening()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Does nothing: the program handles signals."""
        yield


def bound_socket(host: str, port: int) -> socket.socket:
    """Returns a socket at an address. Raises a `ConfigurationError` if it can never be had, and else an `OSError`."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
        # The supervisor reserves the port with a socket of its own, which does not listen.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        return bound
    except OSError as error:
        where = f"HOST={host} PORT={port}"
        if error.errno in TEMPORARY:
            raise OSError(error.errno, f"{where} cannot be listened on now: {error.strerror}") from error
        raise ConfigurationError(f"{where} cannot be listened on: {error.strerror or error}") from error
