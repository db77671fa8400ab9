"""A RabbitMQ server with data that is thrown away, and the queues that the system declares before it starts."""

import os
import pathlib
import signal
import subprocess
from subprocess import DEVNULL

import aio_pika

from tests.servers.ports import free_port

LANES = 8


class RabbitMQ:
    """Debian's server. Its scripts on the PATH refuse to run for anyone but their own user."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._scripts = next(pathlib.Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin"))
        self.port, self._names_port = free_port(), free_port()
        (folder / "plugins").write_text("[].")
        (folder / "rabbitmq.conf").write_text("loopback_users = none\nlog.console = false\n")
        self._environment = {
            **os.environ,
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"roost{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        self._names = subprocess.Popen(["epmd"], env=self._environment, stdout=DEVNULL, stderr=DEVNULL)
        self._server: subprocess.Popen[bytes] | None = None

    def url(self, user: str = "guest", password: str = "guest") -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Starts the server, and waits until it answers."""
        command = [self._scripts / "rabbitmq-server"]
        log = (self._folder / "output").open("ab")
        self._server = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, start_new_session=True)
        self.control("wait", "--pid", str(self._server.pid), "--timeout", "90")
        self.control("await_startup", "--timeout", "90")

    def control(self, *arguments: str) -> None:
        command = [self._scripts / "rabbitmqctl", *arguments]
        subprocess.run(command, env=self._environment, check=True, capture_output=True)

    def kill(self) -> None:
        """Kills the server, once it has written down which queues there are, for which it takes seconds."""
        self.control("eval", "mnesia:sync_log(), lists:foreach(fun dets:sync/1, dets:all()).")
        self._kill()

    def end(self) -> None:
        self._kill()
        self._names.kill()
        self._names.wait()

    def _kill(self) -> None:
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait()


async def declare(url: str, prefix: str, group: str, topics: list[str]) -> None:
    """Declares the exchange and the queues as the system does."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(f"{prefix}.events", aio_pika.ExchangeType.TOPIC, durable=True)
        arguments = {"x-queue-type": "quorum", "x-single-active-consumer": True}
        for lane in range(LANES):
            queue = await channel.declare_queue(f"{prefix}.{group}.{lane}", durable=True, arguments=arguments)
            for topic in topics:
                await queue.bind(exchange, f"{topic}.{lane}")
