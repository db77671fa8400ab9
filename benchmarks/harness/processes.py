"""Starts, watches and ends servers as processes."""
import contextlib, os, pathlib, signal, socket, subprocess, time

from .peers import Unavailable


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def family(pid):
    """A process and all of its descendants."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def cpu_seconds(pid):
    """The processor time that a process and its descendants have used so far, those that ended included (proc(5): fields 14 to 17 of stat)."""
    ticks = 0
    for member in family(pid):
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Server:
    """A peer's server, on a port of its own."""

    def __init__(self, peer, words, **values):
        self.peer, self.port = peer, free_port()
        self.process = subprocess.Popen(
            peer.command(words, port=self.port, **values), cwd=peer.folder, env=peer.surroundings,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def await_listening(self, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise Unavailable(f"its server exited immediately with status {self.process.returncode}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.01)
        raise Unavailable("its server does not start listening")

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def stop(self):
        """Asks the process to end, and kills its whole group after five seconds."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            pass
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def start_all(stack, peers, kind, check, skipped, **values):
    """The servers of the peers that have one of this kind and pass `check`; they run until the stack is left. `values` are for the commands."""
    servers = []
    for peer in peers:
        words = getattr(peer, kind)
        if not words:
            continue
        try:
            server = Server(peer, words, **values)
            stack.callback(server.stop)
            server.await_listening()
            check(server)
            servers.append(server)
        except (Unavailable, OSError, ValueError) as reason:
            skipped[f"{peer.name} ({kind})"] = str(reason)
    return servers
