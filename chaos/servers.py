"""PostgreSQL and Redis, each with its data in the folder of a run."""
import os
import pathlib
import shutil
import subprocess

from chaos import processes


class Server:
    """A server that listens on a port of the loopback address."""

    def __init__(self, folder, port):
        self.folder = pathlib.Path(folder)
        self.port = port
        self._process = None

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder)
        processes.wait_for(self._is_ready, 60, f"{type(self).__name__} is ready")

    def pids(self):
        """The process and its own."""
        return [self._process.pid, *processes.children(self._process.pid)]

    def kill(self):
        """Kills it. Returns the identifier that its process had."""
        pids = self.pids()
        for pid in pids:
            processes.kill(pid)
        self._process.wait()
        return pids[0]

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self.kill()


class PostgreSQL(Server):
    """A PostgreSQL server, which does not run as root: then it runs as `postgres`."""

    def __init__(self, folder, port):
        super().__init__(folder, port)
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        self._programs = folders[-1]
        self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        initialize = [self._programs / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        subprocess.run([*self._as, *initialize], cwd=self.folder, check=True, capture_output=True)

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
