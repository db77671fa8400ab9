"""The shop as `make run` starts it: a supervisor and the processes of its services."""
import os
import pathlib
import re
import signal
import subprocess

from chaos import processes

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/debug/shop"
PASSWORD = "a password for the chaos run"
UP = re.compile(r"is up at http://127\.0\.0\.1:(\d+) ")


class Shop:
    """A shop whose data and log are in one folder. It can be killed and started again."""

    def __init__(self, folder, settings=None, together=False, program=PROGRAM):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.log = self.folder / "shop.log"
        self.port = 0
        self._process = None
        self._program = program
        self._arguments = ["--together"] if together else []
        self.settings = {
            "DATA_DIR": str(self.data), "ADMIN_PASSWORD": PASSWORD, "ENVIRONMENT": "development", "LIFELINE": "1",
            "SERVICE_KEY": "the service key of the chaos run", **(settings or {}),
        }
        self.data.mkdir(parents=True, exist_ok=True)

    def start(self, limit=90, **settings):
        """Starts it, and waits until everything is ready."""
        offset = self.log.stat().st_size if self.log.exists() else 0
        environment = {**os.environ, **self.settings, **settings, "PORT": str(self.port)}
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [self._program, *self._arguments], cwd=ROOT / "shop", env=environment, stdin=subprocess.PIPE, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)

        def is_up():
            if self._process.poll() is not None:
                raise RuntimeError(f"the shop ended with {self._process.returncode}:\n{self.text(offset)[-4000:]}")
            return UP.search(self.text(offset))

        self.port = int(processes.wait_for(is_up, limit, "the shop is up").group(1))

    def text(self, offset=0):
        """What it has written, from an offset in bytes."""
        with open(self.log, "rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def members(self):
        """The processes of the services: the name of each, such as `orders-2`, with its identifier."""
        found = {}
        for pid in processes.children(self._process.pid):
            arguments = processes.text(pid, "cmdline")
            if "--host" in arguments[:-1]:
                replica = processes.environment(pid).get("REPLICA")
                found[arguments[-1] + (f"-{replica}" if replica else "")] = pid
        return found

    def port_of(self, service):
        """The port on which a service listens; `gateway` for the public one."""
        if service == "gateway":
            return self.port
        for pid in self.members().values():
            for entry in processes.environment(pid).get("ADDRESSES", "").split(","):
                name, _, address = entry.partition("=")
                if name == service:
                    return int(address.rpartition(":")[2])
        return None

    @property
    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def kill(self):
        """Kills the supervisor and all services at once. Unlike after a power failure, the kernel still writes what they have written."""
        if self._process is None:
            return
        members = list(self.members().values()) if self.is_running else []
        self._process.kill()
        self._process.wait()
        for pid in members:
            processes.kill(pid)
        self._process.stdin.close()

    def stop(self, limit=300):
        """Asks it to stop. Returns its exit code."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            return None
