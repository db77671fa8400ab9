"""The servers that the programs of the durable section need: each on a free port, with a folder of its own, made for one run and removed after it."""
import contextlib, os, pathlib, re, shutil, signal, socket, subprocess, tempfile, time

from .building import install_debian
from .peers import BENCH, PYTHON, Unavailable, last_line, output_of
from .processes import cpu_seconds, free_port


class Engine:
    """A server that is told its port and its folder. It stops when it is closed."""
    packages = []
    # Whether one serves for the whole section, since it takes long to start.
    is_kept = False

    def __init__(self):
        install_debian(self.packages)
        self.folder, self.port = pathlib.Path(tempfile.mkdtemp(prefix="roost-bench-")), free_port()
        self.processes = []
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def run(self, *command, **environment):
        """Runs a program that is stopped together with the engine, the last one first."""
        with open(self.folder / "log", "ab") as log:
            self.processes.append(subprocess.Popen(
                [str(word) for word in command], cwd=self.folder, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=log, stderr=log,
                start_new_session=True))

    def await_listening(self, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.processes[-1].poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.02)
        raise Unavailable(f"{type(self).__name__} does not start: {last_line((self.folder / 'log').read_text(errors='replace'))}")

    def cpu_seconds(self):
        return sum(cpu_seconds(process.pid) for process in self.processes)

    def close(self):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdin.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class NATS(Engine):
    """JetStream that syncs its files before it acknowledges."""

    def start(self):
        (self.folder / "settings").write_text(
            f'listen: "127.0.0.1:{self.port}"\njetstream {{ store_dir: "{self.folder}/data", sync_interval: always }}\n')
        self.run(PYTHON.parent / "nats-server", "--config", self.folder / "settings")
        self.await_listening()
        self.address = f"nats://127.0.0.1:{self.port}"


class RabbitMQ(Engine):
    """One node, with an epmd of its own. Its quorum queues sync their log before they confirm."""
    packages = ["rabbitmq-server"]
    is_kept = True

    def start(self):
        names = free_port()
        # The script on the PATH changes to another user; this one runs the server as whoever calls it.
        programs = sorted(pathlib.Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))
        if not programs:
            raise Unavailable("RabbitMQ's programs are not in /usr/lib/rabbitmq/lib")
        (self.folder / "settings.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        (self.folder / "plugins").write_text("[].\n")
        places = {"MNESIA_BASE": "data", "LOG_BASE": "logs", "CONFIG_FILE": "settings", "ENABLED_PLUGINS_FILE": "plugins", "PID_FILE": "pid"}
        epmd = {"ERL_EPMD_PORT": str(names), "ERL_EPMD_ADDRESS": "127.0.0.1", "HOME": str(self.folder)}
        self.run("epmd", "-port", names, **epmd)
        self.run(
            programs[-1] / "rabbitmq-server", **epmd, RABBITMQ_NODENAME=f"bench{self.port}@localhost", RABBITMQ_DIST_PORT=str(free_port()),
            **{f"RABBITMQ_{name}": str(self.folder / place) for name, place in places.items()})
        self.await_listening()
        self.address = f"amqp://guest:guest@127.0.0.1:{self.port}/"


class Temporal(Engine):
    """Temporal's development server on an SQLite file, with its log synced at each commit. It cannot use PostgreSQL."""

    def start(self):
        self.run(
            PYTHON.parent / "temporal", "server", "start-dev", "--db-filename", self.folder / "data.db", "--sqlite-pragma", "journal_mode=wal",
            "--sqlite-pragma", "synchronous=full", "--ip", "127.0.0.1", "--port", self.port, "--headless", "--log-level", "error")
        self.await_listening()
        self.address = str(self.port)


class KafkaCluster(Engine):
    """The mock cluster of librdkafka, in memory. It keeps 5 MiB of each partition."""
    packages = ["gcc", "libc6-dev", "librdkafka-dev"]

    def start(self):
        program = self.folder / "cluster"
        output_of(["gcc", "-O2", "-Wall", "-o", str(program), str(BENCH / "data/kafka_cluster.c"), "-lrdkafka"], 60)
        self.run(program, "orders", 8, "roost.orders", 32, "roost.bench", 8)
        end = time.monotonic() + 10
        while not (found := re.search(r"^(127\.0\.0\.1:\d+)\n", (self.folder / "log").read_text(), re.M)):
            if time.monotonic() > end:
                raise Unavailable("the mock cluster does not start")
            time.sleep(0.02)
        self.address = found[1]


ENGINES = {"nats": NATS, "rabbitmq": RabbitMQ, "temporal": Temporal, "kafka": KafkaCluster}
