"""Inflicts the faults of a schedule, and writes down what was really inflicted."""
import contextlib
import dataclasses
import signal
import threading
import time

from chaos import processes, schedule

HOUR = 3600
RESTART = 60  # seconds within which the shop must be up again
FELT = 30  # seconds within which a fault must be felt, which another one may delay


class Faults:
    """What can be done to a shop, one function for each kind of fault.

    Each returns what was seen of its effect, raises a Missed if it could not be inflicted, and restores whatever it has changed.
    """

    class Missed(Exception):
        """The fault could not be inflicted, and this is why."""

    def __init__(self, surroundings, record, give_work):
        self._give_work = give_work
        self._shop = surroundings.shop
        self._servers = surroundings.servers
        self._firewall = surroundings.firewall
        self._disk = surroundings.disk
        self._clock = surroundings.clock
        self._events = surroundings.events
        self._record = record
        self._whole = threading.Lock()  # held while the whole shop is down

    def run(self, plan, begin):
        """Inflicts all faults at their times, counted from `begin` on the monotonic clock. Returns whether all of them were inflicted."""
        threads, outcomes = [], []
        for number, fault in enumerate(plan):
            time.sleep(max(0, begin + fault.at - time.monotonic()))
            # One that began late, because its process was just started again, has to end before another one would hide it.
            for earlier, thread in zip(plan[:number], threads):
                if schedule.masks(earlier, fault.kind, fault.target):
                    thread.join()
            thread = threading.Thread(target=lambda fault=fault: outcomes.append(self._inflict(fault)), daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        return len(outcomes) == len(plan) and all(outcomes)

    def _inflict(self, fault):
        about = {"number": fault.number, "kind": fault.kind, "target": fault.target}
        try:
            self._record.add("inflicted", **about, seen=getattr(self, "_" + fault.kind.replace("-", "_"))(fault))
            return True
        except Faults.Missed as reason:
            self._record.add("missed", **about, reason=str(reason))
        except Exception as error:  # whatever it is, the run must know
            self._record.add("failed", **about, reason=repr(error))
        return False

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
        self._give_work(fault.at)
        offset = self._shop.log.stat().st_size
        if not processes.send(pid, signal.SIGSTOP):
            raise Faults.Missed(f"process {pid} had ended")
        continued = False
        try:
            time.sleep(fault.lasts)
            # On a slow machine, others may be late to take its work.
            with contextlib.suppress(TimeoutError):
                processes.wait_for(lambda: "Taking over" in self._shop.text(offset), FELT, "its work is taken over")
        finally:
            continued = processes.send(pid, signal.SIGCONT)
        if not continued:
            raise Faults.Missed(f"process {pid} ended while it was stopped")
        return f"process {pid} stopped for at least {fault.lasts} s"

    def _starve(self, fault):
        pid, rounds = self._victim(fault), 0
        end = time.monotonic() + fault.lasts
        try:
            while time.monotonic() < end:
                if not processes.send(pid, signal.SIGSTOP):
                    raise Faults.Missed(f"process {pid} had ended after {rounds} rounds")
                time.sleep(0.095)
                processes.send(pid, signal.SIGCONT)
                time.sleep(0.005)
                rounds += 1
        finally:
            processes.send(pid, signal.SIGCONT)
        return f"process {pid} was stopped for 95 of every 100 ms, {rounds} times"

    # Surroundings

    def _ports(self, target):
        if target in self._servers:
            return self._servers[target].ports
        with self._whole:
            port = self._shop.port_of(target)
        if port is None:
            raise Faults.Missed(f"{target} does not run")
        return [port]

    def _partition(self, sides, fault):
        ports = self._ports(fault.target)
        rules = [self._firewall.drop(side, ports) for side in sides]
        try:
            time.sleep(fault.lasts)
            # Another fault may keep everybody from calling that service.
            processes.wait_for(lambda: any(map(self._firewall.lost, rules)), FELT, "packets were lost")
        except TimeoutError:
            pass  # the reason follows
        finally:
            lost = sum(map(self._firewall.remove, rules))
        if not lost:
            raise Faults.Missed(f"no packet was sent to or from port {', '.join(map(str, ports))}")
        return f"{lost} packets lost for port {', '.join(map(str, ports))}"

    def _requests_lost(self, fault):
        return self._partition(["dport"], fault)

    def _answers_lost(self, fault):
        return self._partition(["sport"], fault)

    def _cut_off(self, fault):
        return self._partition(["dport", "sport"], fault)

    def _disk_full(self, fault):
        try:
            size = self._disk.fill()
            time.sleep(fault.lasts)
        finally:
            self._disk.free()
        if not size:
            raise Faults.Missed("the disk was full already")
        return f"{size} bytes taken"

    def _clock_ahead(self, fault):
        self._clock.set(HOUR)
        try:
            time.sleep(fault.lasts)
        finally:
            self._clock.set(0)
        return f"the wall clocks of the shop were {HOUR} s ahead for {fault.lasts} s"

    def _deliver_again(self, _):
        return f"{self._change_log(self._events.forget)} deliveries repeated"

    def _poison(self, _):
        return f"event {self._change_log(self._events.poison)} published"

    def _change_log(self, change):
        try:
            return change(FELT)
        except TimeoutError as error:
            raise Faults.Missed(error) from error

    def _kill_server(self, fault):
        server = self._servers[fault.target]
        pid = server.kill()
        try:
            time.sleep(fault.lasts)
        finally:
            server.start()
        return f"process {pid} killed, and started again after {fault.lasts} s"

    def _kill_both(self, fault):
        """A process that starts while its server is down has to be started until it is back."""
        server = self._servers[fault.target]
        worker = schedule.WORKERS[fault.number % len(schedule.WORKERS)]
        pid, server_pid = self._victim(dataclasses.replace(fault, target=worker)), server.kill()
        try:
            if not processes.kill(pid):
                raise Faults.Missed(f"process {pid} had ended")
            time.sleep(fault.lasts)
        finally:
            server.start()
        return f"processes {server_pid} and {pid} ({worker}) killed, and the former started again after {fault.lasts} s"

    def _hang_server(self, fault):
        server, pids = self._servers[fault.target], []
        try:
            for pid in server.pids():
                if processes.send(pid, signal.SIGSTOP):
                    pids.append(pid)
            time.sleep(fault.lasts)
        finally:
            for pid in pids:
                processes.send(pid, signal.SIGCONT)
        return f"{len(pids)} processes stopped for {fault.lasts} s"

    def _restart_server(self, fault):
        return self._servers[fault.target].restart()

    # Kafka

    def _broker_down(self, fault):
        kafka = self._servers[fault.target]
        # One of them stays, which is the one that is asked first.
        broker = 2 + fault.number % (kafka.BROKERS - 1)
        kafka.command("down", broker)
        try:
            time.sleep(fault.lasts)
        finally:
            kafka.command("up", broker)
        return f"broker {broker} was down for {fault.lasts} s"

    def _move_leader(self, fault):
        lanes, kafka = self._change_log(self._events.lanes), self._servers[fault.target]
        broker = 1 + fault.number % kafka.BROKERS
        for lane in lanes:
            topic, _, partition = lane.rpartition(".")
            kafka.command("leader", topic, partition, broker)
        return f"broker {broker} leads {', '.join(lanes)}"

    def _request_errors(self, fault):
        return f"{self._servers[fault.target].fail_requests()} requests fail"
