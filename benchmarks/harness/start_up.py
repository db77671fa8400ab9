"""Hello world: the time from exec to the first response, and the memory in use when idle."""
import os, pathlib, re, subprocess, time

from .http_load import ask
from .peers import BENCH, Unavailable
from .processes import free_port

HELLO = BENCH / ".build/release/hello"


def start_up(times=10):
    """Samples of the milliseconds to the first response and of the resident megabytes; the size of the program in megabytes."""
    if not HELLO.exists():
        raise Unavailable("hello is not built")
    found = {"ms": [], "resident MB": [], "program MB": [HELLO.stat().st_size / 1e6]}
    for _ in range(times):
        port, began = free_port(), time.monotonic()
        process = subprocess.Popen([HELLO], env={**os.environ, "PORT": str(port)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            first_answer(port, began)
            found["ms"].append((time.monotonic() - began) * 1000)
            for _ in range(20):
                ask(port, "GET", "/hello/you")
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            found["resident MB"].append(int(re.search(r"VmRSS:\s*(\d+)", status)[1]) / 1024)
        finally:
            process.kill()
            process.wait()
    return found


def first_answer(port, began):
    while time.monotonic() - began < 10:
        try:
            answer = ask(port, "GET", "/hello/you")
        except OSError:
            time.sleep(0.0005)
            continue
        if answer != (200, b"Hello, you!"):
            raise Unavailable(f"hello answers with {answer}")
        return
    raise Unavailable("hello does not answer")
