"""A PostgreSQL server with empty data, made for one run and removed after it."""
import contextlib, json, os, pathlib, re, shutil, signal, subprocess, tempfile, time

from .building import install_debian
from .peers import BENCH, Unavailable, last_line, output_of
from .processes import cpu_seconds, free_port

TABLES = BENCH / "data/tables.sql"
# Changes reach the disk within a second of the commit and not before it: a disk's speed is not what is compared here.
SETTINGS = {
    "shared_buffers": "256MB", "fsync": "on", "synchronous_commit": "off", "full_page_writes": "on", "max_connections": "200",
    "max_wal_size": "4GB", "checkpoint_timeout": "30min", "listen_addresses": "127.0.0.1",
}
PACKAGES = ["postgresql", "postgresql-client"]
USER = "bench"


def programs():
    """The folder of the server's programs: Debian's newest version."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parent.parent.name))
    if not found:
        raise Unavailable("PostgreSQL's programs are not in /usr/lib/postgresql")
    return found[-1].parent


def unprivileged():
    """How to run a program that refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


class Postgres:
    """A server on a free port with the tables of the section. It stops when it is closed."""

    def __init__(self, **settings):
        """`settings` are used instead of those above."""
        install_debian(PACKAGES)
        self.settings = {**SETTINGS, **settings}
        self.folder, self.port = pathlib.Path(tempfile.mkdtemp(prefix="roost-bench-postgres-")), free_port()
        self.url = f"postgres://{USER}@127.0.0.1:{self.port}/{USER}?sslmode=disable"
        self.process = None
        try:
            if unprivileged():
                shutil.chown(self.folder, "postgres", "postgres")
            self.fill()
        except BaseException:
            self.close()
            raise

    def fill(self):
        self.make("initdb", "-U", USER, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        self.start()
        self.run("-d", "postgres", "-c", f"CREATE DATABASE {USER}")
        self.run(self.url, "-f", str(TABLES))

    def make(self, program, *arguments):
        """Runs a program that makes the folder of the data."""
        made = subprocess.run(
            [programs() / program, "-D", self.folder / "data", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=60,
            **unprivileged())
        if made.returncode != 0:
            raise Unavailable(f"{program}: {last_line(made.stderr)}")

    def start(self):
        data, log = self.folder / "data", self.folder / "log"
        settings = [f"-c{name}={value}" for name, value in {**self.settings, "port": self.port, "unix_socket_directories": self.folder}.items()]
        with open(log, "w") as output:
            self.process = subprocess.Popen(
                [programs() / "postgres", "-D", data, *settings], cwd=self.folder, stdout=output, stderr=output, start_new_session=True, **unprivileged())
        self.await_ready(log)

    def await_ready(self, log, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(Unavailable):
                self.run("-d", "postgres", "-c", "SELECT 1")
                return
            time.sleep(0.05)
        raise Unavailable(f"PostgreSQL does not start: {last_line(log.read_text())}")

    def run(self, *arguments):
        """What psql prints, without headers."""
        place = [] if self.url in arguments else ["-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        return output_of(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *place, *arguments], 120)

    def ask(self, statement):
        return self.run(self.url, "-c", statement).strip()

    def rows(self, statement):
        """The rows of a query as dictionaries."""
        return json.loads(self.ask(f"SELECT coalesce(json_agg(r), '[]') FROM ({statement}) AS r"))

    @property
    def described(self):
        version = re.search(r"[\d.]+", self.ask("SHOW server_version"))[0]
        kept = ("shared_buffers", "fsync", "synchronous_commit", "full_page_writes")
        return f"PostgreSQL {version}, " + ", ".join(f"`{name}` {self.settings[name]}" for name in kept)

    def cpu_seconds(self):
        """The processor time of the server and its backends that are connected."""
        return cpu_seconds(self.process.pid)

    def close(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)  # The fast shutdown, which does not wait for clients.
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
