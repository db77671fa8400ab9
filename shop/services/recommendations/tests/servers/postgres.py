"""A PostgreSQL server with data that is thrown away."""

import os
import pathlib
import shutil
import subprocess

from tests.servers.ports import free_port

PASSWORD = "correct-horse-battery"


class Postgres:
    """A server that asks for a password. It refuses to run as root, so it runs as Debian's user `postgres` then."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder, self.port = folder, free_port()
        self._programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        self._as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        (folder / "password").write_text(PASSWORD)
        if self._as:
            for path in (folder, folder / "password"):
                shutil.chown(path, "postgres", "postgres")
        self._run(
            "initdb",
            *[
                "-D",
                "data",
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--pwfile=password",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
        )
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        self._options = ["-D", "data", "-l", "log", "-w", "-o", options]

    def url(self, database: str, user: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgres://{user}:{password}@127.0.0.1:{self.port}/{database}?sslmode=disable&connections=3"

    def start(self) -> None:
        self._run("pg_ctl", *self._options, "start")

    def kill(self) -> None:
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        # A file, because the server that is started keeps it open.
        with (self._folder / "output").open("a+") as output:
            command = [*self._as, str(self._programs / program), *arguments]
            done = subprocess.run(command, cwd=self._folder, check=False, stdout=output, stderr=output)
            output.seek(0)
            assert done.returncode == 0, output.read()[-2000:]
