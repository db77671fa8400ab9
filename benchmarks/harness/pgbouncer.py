"""pgbouncer in transaction mode, in front of a PostgreSQL server."""
import contextlib, pathlib, shutil, socket, subprocess, tempfile, time

from .building import install_debian
from .peers import Unavailable, last_line
from .postgres import USER, unprivileged
from .processes import cpu_seconds, free_port

SETTINGS = """[databases]
{user} = host=127.0.0.1 port={server} dbname={user} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 2000
"""


class Pgbouncer:
    """A pooler on a free port with so many connections to the server. It stops when it is closed."""

    def __init__(self, database, connections):
        install_debian(["pgbouncer"])
        self.folder, self.port = pathlib.Path(tempfile.mkdtemp(prefix="roost-bench-")), free_port()
        self.url = f"postgres://{USER}@127.0.0.1:{self.port}/{USER}?sslmode=disable"
        file = self.folder / "pgbouncer.ini"
        file.write_text(SETTINGS.format(user=USER, server=database.port, port=self.port, connections=connections))
        self.folder.chmod(0o755)
        self.log = open(self.folder / "log", "w+")
        self.process = subprocess.Popen(
            [shutil.which("pgbouncer", path="/usr/sbin:/usr/bin"), "-q", file], stdout=self.log, stderr=self.log, start_new_session=True,
            **unprivileged())
        self.await_listening()

    def await_listening(self, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.02)
        self.log.seek(0)
        text = self.log.read()
        self.close()
        raise Unavailable(f"pgbouncer does not start: {last_line(text)}")

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
