"""RabbitMQ, and a mock of Kafka, for the events of a run."""
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import threading

from chaos import processes
from chaos.servers import Server


class RabbitMQ(Server):
    """A RabbitMQ node with an epmd of its own, whose data survives."""

    def __init__(self, folder):
        super().__init__(folder)
        # The script on the PATH changes to another user; this one runs the server as whoever calls it.
        programs = sorted(pathlib.Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))
        if not programs:
            raise SystemExit("chaos: RabbitMQ is not installed: there is nothing in /usr/lib/rabbitmq/lib")
        self._programs = programs[-1]
        self._names = None
        (self.folder / "settings.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{self.port}\n", encoding="utf-8")
        (self.folder / "plugins").write_text("[].\n", encoding="utf-8")
        self._environment = {
            "ERL_EPMD_PORT": str(processes.free_port()), "ERL_EPMD_ADDRESS": "127.0.0.1", "HOME": str(self.folder),
            "RABBITMQ_NODENAME": f"chaos{self.port}@localhost", "RABBITMQ_DIST_PORT": str(processes.free_port()),
            **{f"RABBITMQ_{name}": str(self.folder / place) for name, place in {
                "MNESIA_BASE": "data", "LOG_BASE": "logs", "CONFIG_FILE": "settings", "ENABLED_PLUGINS_FILE": "plugins", "PID_FILE": "pid",
            }.items()},
        }
        self._write_control()

    def _write_control(self):
        """Makes `control` a rabbitmqctl for this node, which the auditor uses too."""
        words = ["env", *(f"{name}={value}" for name, value in self._environment.items()), str(self._programs / "rabbitmqctl"), "--quiet"]
        control = self.folder / "control"
        control.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
        control.chmod(0o755)

    @property
    def url(self):
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    def start(self):
        if self._names is None:
            environment = {**os.environ, **self._environment}
            self._names = subprocess.Popen(
                ["epmd", "-port", environment["ERL_EPMD_PORT"]], env=environment, cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        (self.folder / "pid").unlink(missing_ok=True)
        super().start()

    def _command(self):
        return ["env", *(f"{name}={value}" for name, value in self._environment.items()), self._programs / "rabbitmq-server"]

    def _is_ready(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"RabbitMQ ended with {self._process.returncode}:\n{(self.folder / 'log').read_text(errors='replace')[-2000:]}")
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def pids(self):
        """The identifier of the node, which the script that has started it waits for."""
        return [int((self.folder / "pid").read_text(encoding="utf-8"))]

    def kill(self):
        """Kills the node. Its data is kept.

        A node that is killed within seconds of the first declaration of a queue can lose it: definitions are confirmed before they are on disk.
        Clients declare them again when they connect, but what was published in between is lost. So this has them written first.
        """
        written = "mnesia:sync_log(), lists:foreach(fun dets:sync/1, dets:all())."
        # On a busy machine, the command may not reach the node in time.
        for _ in range(3):
            done = subprocess.run([self.folder / "control", "eval", written], capture_output=True, text=True, timeout=120)
            if done.returncode == 0:
                return super().kill()
        raise RuntimeError(f"rabbitmqctl: {done.stderr[-2000:]}")

    def restart(self):
        """Asks it to stop, and starts it again."""
        pid = self.pids()[0]
        processes.send(pid, signal.SIGTERM)
        self._process.wait(180)
        self.start()
        return f"process {pid} stopped in order, and started again"

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            for pid in self.pids():
                processes.kill(pid)
            self._process.wait()
        if self._names is not None:
            self._names.kill()
            self._names.wait()


class Kafka(Server):
    """The mock cluster of librdkafka, in a process of its own. It keeps everything in memory, so it is never killed."""

    SOURCE = pathlib.Path(__file__).resolve().parent.parent / "Tests/KafkaMockCluster/main.c"
    BROKERS = 3

    def __init__(self, folder):
        super().__init__(folder)
        if not self.SOURCE.exists():
            raise SystemExit(f"chaos: there is no mock of Kafka here: {self.SOURCE} is missing")
        self._program = self.folder / "kafka-mock-cluster"
        subprocess.run(["clang", "-O1", "-Wall", "-o", self._program, self.SOURCE, "-lrdkafka"], check=True)
        self._turn = threading.Lock()
        self._addresses = ""

    @property
    def url(self):
        return f"kafka://{self._addresses}"

    @property
    def ports(self):
        return [int(address.rpartition(":")[2]) for address in self._addresses.split(",")]

    # Errors for the next requests of a kind, by the numbers of Kafka's protocol (https://kafka.apache.org/protocol). -195 cuts the connection.
    ERRORS = {
        0: (6, 7, -195),  # Produce: not the leader, timed out
        1: (6, -195),  # Fetch
        8: (14, 16),  # OffsetCommit: the coordinator loads, or is another broker
        12: (16, -195),  # Heartbeat
    }

    def fail_requests(self):
        """Has the next requests fail. Returns how many."""
        for request, codes in self.ERRORS.items():
            self.command("error", request, *codes)
        return sum(map(len, self.ERRORS.values()))

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                [self._program, str(self.BROKERS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, bufsize=1)
        self._addresses = self._process.stdout.readline().strip()
        if not self._addresses:
            raise RuntimeError(f"the mock of Kafka does not start:\n{(self.folder / 'log').read_text(errors='replace')[-2000:]}")

    def command(self, *words):
        """Gives the cluster a command of the program, and waits for its answer."""
        line = " ".join(str(word) for word in words)
        with self._turn:
            self._process.stdin.write(line + "\n")
            answer = self._process.stdout.readline().strip()
        if answer != "ok":
            raise RuntimeError(f"Kafka's mock: {line}: {answer or 'it has ended'}")
