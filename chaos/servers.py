"""PostgreSQL and Redis, each with its data in the folder of a run."""
import os
import pathlib
import shutil
import subprocess

from chaos import processes


class Server:
    """A server that listens on a port of the loopback address."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.port = processes.free_port()
        self._process = None

    @property
    def ports(self):
        return [self.port]

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        processes.wait_for(self._is_ready, 180, f"{type(self).__name__} is ready")

    def pids(self):
        """The identifiers of the server and of its own processes."""
        return [self._process.pid, *processes.children(self._process.pid)]

    def kill(self):
        """Kills it and its processes. Returns the identifier that it had."""
        pids = self.pids()
        for pid in pids:
            processes.kill(pid)
        self._process.wait()
        return pids[0]

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self.kill()


def _unprivileged():
    """How to run a program that refuses to run as root, and whom its files must belong to."""
    if os.geteuid() != 0:
        return [], None
    identifiers = pathlib.Path("/proc/self/uid_map").read_text(encoding="utf-8").split()
    if len(identifiers) == 3 and identifiers[2] == "1":
        # Root of a namespace that has no other user: that user is given another name in one more namespace.
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000"], None
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"], "postgres"


class PostgreSQL(Server):
    """A PostgreSQL server. It never runs as root, which it refuses."""

    def __init__(self, folder):
        super().__init__(folder)
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        if not folders:
            raise SystemExit("chaos: PostgreSQL is not installed: there is nothing in /usr/lib/postgresql")
        self._programs = folders[-1]
        self._as, owner = _unprivileged()
        if owner:
            shutil.chown(self.folder, owner, owner)
        initialize = [self._programs / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        done = subprocess.run([*self._as, *initialize], cwd=self.folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"initdb: {done.stderr[-2000:]}")

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/"

    def _command(self):
        # A server that was killed leaves this behind, and its number may have gone to another process.
        (self.folder / "data/postmaster.pid").unlink(missing_ok=True)
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", str(self.folder), "-c", "max_connections=300"]
        return [*self._as, self._programs / "postgres", "-D", "data", *options]

    def _is_ready(self):
        return subprocess.run([self._programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0

    def create(self, *names):
        for name in names:
            command = ["psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-c", f"CREATE DATABASE {name}"]
            subprocess.run(command, check=True, capture_output=True)


class Redis(Server):
    """A Redis server that keeps whatever it has acknowledged."""

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def _command(self):
        durable = ["--appendonly", "yes", "--appendfsync", "always", "--dir", str(self.folder)]
        return ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", *durable]

    def _is_ready(self):
        ping = subprocess.run(["redis-cli", "-p", str(self.port), "ping"], capture_output=True, text=True)
        return ping.stdout.strip() == "PONG"
