"""A Redis server without data on disk, made for one run."""
import shutil, signal, subprocess, tempfile, time

from .building import install_debian
from .peers import Unavailable, output_of
from .processes import free_port


class Redis:
    """A server on a free port that keeps nothing, unless its settings say otherwise. It stops when it is closed."""

    def __init__(self, **settings):
        install_debian(["redis-server", "redis-tools"])
        self.folder, self.port = tempfile.mkdtemp(prefix="roost-bench-redis-"), free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder,
             *(word for name, value in {"appendonly": "no", **settings}.items() for word in (f"--{name}", value))],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.await_ready()

    def await_ready(self, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if output_of(["redis-cli", "-p", str(self.port), "ping"], 5).strip() == "PONG":
                    return
            except Unavailable:
                time.sleep(0.02)
        self.close()
        raise Unavailable("Redis does not start")

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
