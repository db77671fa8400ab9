"""Free ports."""

import contextlib
import random
import socket


def free_port() -> int:
    """A port on which nobody listens.

    It is below those that the system gives to connections and to servers that ask for any, so that none of these takes
    it before its server starts.
    """
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", random.randrange(20_000, 32_768)))
            return probe.getsockname()[1]
