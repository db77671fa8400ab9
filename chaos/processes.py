"""What the kernel tells about processes."""
import contextlib
import os
import random
import signal
import socket
import time


def parent(pid):
    """The parent of a process, or None if it has ended."""
    try:
        fields = _read(pid, "stat").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[1])


def children(pid):
    """The running children of a process."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and parent(name) == pid]


def text(pid, name):
    """The arguments or the environment of a process, as a list."""
    try:
        return _read(pid, name).rstrip("\0").split("\0")
    except OSError:
        return []


def _read(pid, name):
    with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
        return file.read()


def environment(pid):
    return dict(line.split("=", 1) for line in text(pid, "environ") if "=" in line)


def send(pid, number):
    """Sends a signal to a process. Returns whether it was there."""
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


def kill(pid, limit=60):
    """Kills a process, and waits until it has ended."""
    if not send(pid, signal.SIGKILL):
        return False
    wait_for(lambda: parent(pid) is None, limit, f"process {pid} ends")
    return True


_ports = iter(random.sample(range(20_000, 32_768), 12_768))


def free_port():
    """A port on which nobody listens, and a different one each time.

    It is below those that the system gives to connections and to servers that ask for any, so that none of these takes it before its server starts.
    """
    for port in _ports:
        with socket.socket() as free, contextlib.suppress(OSError):
            free.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")


def wait_for(condition, limit, what):
    """Waits until a condition holds, which is looked at every few milliseconds.

    Raises TimeoutError if it does not within the limit, in seconds.
    """
    end = time.monotonic() + limit
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {limit} s")
        time.sleep(0.02)
