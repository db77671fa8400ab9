"""Programs of the database section that measure themselves. They print `COUNT SECONDS PROCESSOR-SECONDS`."""
import os, pathlib, re, shutil, signal, subprocess, tempfile, time

from .peers import Unavailable, last_line

ROWS = 1_000_000
MOST_SECONDS = 60
MADE = (
    "SELECT i, 'sku-' || i % 10000, i * 31 % 100000, timestamptz '2026-01-01 00:00:00Z' + i * interval '0.75 seconds' "
    f"FROM generate_series(1, {ROWS}) AS i")


def told(peer, words, seconds, **values):
    """The three numbers that a program prints."""
    output = peer.output(words, seconds + 30, seconds=seconds, **values)
    try:
        count, took, used = map(float, output.split())
    except ValueError:
        raise Unavailable(f"it prints {output[:200]!r}") from None
    if count < 1 or took <= 0:
        raise Unavailable("it did nothing")
    return count, took, used


def drive(peer, words, database, work, callers, seconds):
    """A program checks the key of each row by itself; what transactions changed is looked at here."""
    total = int(database.ask("SELECT sum(number) FROM world"))
    stored = database.cpu_seconds()
    count, took, used = told(peer, words, seconds, database=database.url, work=work, callers=callers)
    stored = database.cpu_seconds() - stored
    changed = int(database.ask("SELECT sum(number) FROM world")) - total
    if changed != (2 * count if work == "transaction" else 0):
        raise Unavailable(f"{count:.0f} of {work}, but the numbers changed by {changed}")
    return [count / took, used / count * 1e6, stored / count * 1e6]


def commit(peer, words, database, seconds):
    """Each transaction adds one to two numbers of an SQLite file."""
    def total():
        return database.rows("SELECT sum(number) AS total FROM world")[0]["total"]

    before = total()
    count, took, used = told(peer, words, seconds, database=f"sqlite:{database.file}")
    if total() - before != 2 * count:
        raise Unavailable(f"{count:.0f} transactions, but the numbers changed by {total() - before}")
    return [count / took, used / count * 1e6]


def keep(peer, words, redis, work, callers, seconds):
    count, took, used = told(peer, words, seconds, port=redis.port, store=redis.url, work=work, callers=callers)
    return [count / took, used / count * 1e6]


class Copying:
    """The files that are copied. Rows a second, and the program's processor time in microseconds for a thousand."""

    def __init__(self, database):
        self.database, self.folder = database, pathlib.Path(tempfile.mkdtemp(prefix="roost-bench-"))
        self.source, self.target = self.folder / "in", self.folder / "out"

    def __enter__(self):
        self.database.run(self.database.url, "-c", f"\\copy ({MADE}) TO '{self.source}'")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def copy_in(self, peer, words):
        self.database.ask("TRUNCATE copied")
        found = self.timed(peer, words, "FROM", self.source)
        if int(self.database.ask("SELECT count(*) FROM copied")) != ROWS:
            raise Unavailable("rows are missing after it copied them into the table")
        return found

    def copy_out(self, peer, words):
        self.target.unlink(missing_ok=True)
        found = self.timed(peer, words, "TO", self.target)
        if self.target.read_bytes() != self.source.read_bytes():
            raise Unavailable("the file that it wrote is another one")
        return found

    def timed(self, peer, words, way, file):
        """The program is watched and waited for here, so that its memory and its processor time are known."""
        command = peer.command(words, database=self.database.url, way=way, file=file)
        stored, began = self.database.cpu_seconds(), time.monotonic()
        with subprocess.Popen(command, cwd=peer.folder, env=peer.surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            memory = watch(process.pid, began + MOST_SECONDS)
            _, status, usage = os.wait4(process.pid, 0)
            took = time.monotonic() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                raise Unavailable(f"it exited with status {process.returncode}: {last_line(process.stderr.read())}")
        used = usage.ru_utime + usage.ru_stime
        return [ROWS / took, used / ROWS * 1e9, (self.database.cpu_seconds() - stored) / ROWS * 1e9, memory]


def watch(pid, end):
    """Waits until the process ends, or kills it at the end of its time. Returns the most memory that it had, in megabytes.

    What wait4 gives includes the memory that this program had when it made the process.
    """
    most = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
        found = re.search(r"^VmHWM:\s*(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)
        most = max(most, int(found[1]) / 1024 if found else 0)
        time.sleep(0.005)
    return most
