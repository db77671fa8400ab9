"""Free ports."""

import contextlib
import random
import socket

PORTS = iter(random.sample(range(20_000, 32_768), 12_768))


def free_port() -> int:
    """A port on which nobody listens, and a different one each time.

    It is below those that the system gives to connections and to servers that ask for any, so that none of these takes
    it before its server starts.
    """
    for port in PORTS:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
