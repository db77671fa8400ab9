"""What asks the service to stop: SIGTERM, SIGINT, and the end of standard input if it is a lifeline."""

import asyncio
import os
import signal
import sys
import threading


def stop_requests(lifeline: bool) -> asyncio.Event:
    """Returns an event that is set when the service is to stop."""
    requested, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, requested.set)
    if lifeline:
        # A thread, because the loop cannot wait for every kind of standard input, such as a file.
        threading.Thread(target=_watch, args=(loop, requested), name="lifeline", daemon=True).start()
    return requested


def _watch(loop: asyncio.AbstractEventLoop, requested: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(requested.set)
