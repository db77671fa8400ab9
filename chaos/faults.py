"""Inflicts the faults of a schedule, and writes down what was really inflicted."""
import signal
import threading
import time

from chaos import processes

HOUR = 3600
RESTART = 60  # seconds within which the shop must be up again


class Faults:
    """What can be done to a shop, one function for each kind of fault.

    Each returns what was seen of its effect, and raises a Missed if it could not be inflicted.
    """

    class Missed(Exception):
        """The fault could not be inflicted, and this is why."""

    def __init__(self, shop, record, servers=None, firewall=None, disk=None, clock=None):
        self._shop = shop
        self._record = record
        self._servers = servers or {}
        self._firewall = firewall
        self._disk = disk
        self._clock = clock
        self._threads = []
        self._whole = threading.Lock()  # held while the whole shop is down

    def run(self, plan, begin):
        """Inflicts all faults at their times, counted from `begin` on the monotonic clock."""
        for fault in plan:
            time.sleep(max(0, begin + fault.at - time.monotonic()))
            thread = threading.Thread(target=self._inflict, args=(fault,), daemon=True)
            thread.start()
            self._threads.append(thread)
        for thread in self._threads:
            thread.join()

    def _inflict(self, fault):
        try:
            seen = getattr(self, "_" + fault.kind.replace("-", "_"))(fault)
            self._record.add("inflicted", number=fault.number, kind=fault.kind, target=fault.target, seen=seen)
        except Faults.Missed as reason:
            self._record.add("missed", number=fault.number, kind=fault.kind, target=fault.target, reason=str(reason))
        except Exception as error:  # whatever it is, the run must know
            self._record.add("failed", number=fault.number, kind=fault.kind, target=fault.target, reason=repr(error))

    def _victim(self, fault):
        with self._whole:
            if not self._shop.is_running:
                raise Faults.Missed("the shop has ended")
            try:
                return processes.wait_for(lambda: self._shop.members().get(fault.target), RESTART, f"{fault.target} runs")
            except TimeoutError as error:
                raise Faults.Missed(error) from error

    # Processes

    def _kill(self, fault):
        pid = self._victim(fault)
        if not processes.kill(pid):
            raise Faults.Missed(f"process {pid} had ended")
        return f"process {pid} killed"

    def _kill_all(self, fault):
        with self._whole:
            self._shop.kill()
            self._shop.start(limit=RESTART)
        return "all processes killed and started again"

    def _hang(self, fault):
        pid = self._victim(fault)
        return self._stopped(pid, fault.lasts)

    def _stopped(self, pid, seconds):
        if not processes.send(pid, signal.SIGSTOP):
            raise Faults.Missed(f"process {pid} had ended")
        time.sleep(seconds)
        # It may have been killed in the meantime.
        continued = processes.send(pid, signal.SIGCONT)
        return f"process {pid} stopped for {seconds} s" + ("" if continued else ", and killed meanwhile")

    def _starve(self, fault):
        pid, end, rounds = self._victim(fault), time.monotonic() + fault.lasts, 0
        while time.monotonic() < end and processes.send(pid, signal.SIGSTOP):
            time.sleep(0.095)
            processes.send(pid, signal.SIGCONT)
            time.sleep(0.005)
            rounds += 1
        if not rounds:
            raise Faults.Missed(f"process {pid} had ended")
        return f"process {pid} had 5 % of its time, {rounds} times"

    # Surroundings

    def _port(self, target):
        if target in self._servers:
            return self._servers[target].port
        with self._whole:
            port = self._shop.port_of(target)
        if port is None:
            raise Faults.Missed(f"{target} does not run")
        return port

    def _partition(self, side, fault):
        if self._firewall is None:
            raise Faults.Missed("without namespaces there is no network of its own")
        port = self._port(fault.target)
        rule = self._firewall.drop(side, port)
        time.sleep(fault.lasts)
        lost = self._firewall.remove(rule)
        if not lost:
            raise Faults.Missed(f"no packet was sent to or from port {port}")
        return f"{lost} packets lost for port {port}"

    def _requests_lost(self, fault):
        return self._partition("dport", fault)

    def _answers_lost(self, fault):
        return self._partition("sport", fault)

    def _disk_full(self, fault):
        if self._disk is None:
            raise Faults.Missed("without namespaces there is no disk of its own")
        try:
            size = self._disk.fill()
            time.sleep(fault.lasts)
        finally:
            self._disk.free()
        return f"{size} bytes taken"

    def _clock_ahead(self, fault):
        self._clock.set(HOUR)
        try:
            time.sleep(fault.lasts)
        finally:
            self._clock.set(0)
        return f"all clocks {HOUR} s ahead for {fault.lasts} s"

    def _kill_server(self, fault):
        server = self._servers[fault.target]
        pid = server.kill()
        time.sleep(fault.lasts)
        server.start()
        return f"process {pid} killed, and started again after {fault.lasts} s"

    def _hang_server(self, fault):
        server, pids = self._servers[fault.target], []
        for pid in server.pids():
            if processes.send(pid, signal.SIGSTOP):
                pids.append(pid)
        time.sleep(fault.lasts)
        for pid in pids:
            processes.send(pid, signal.SIGCONT)
        return f"{len(pids)} processes stopped for {fault.lasts} s"
