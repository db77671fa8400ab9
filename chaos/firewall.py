"""Packets that are lost on their way, in the run's own network."""
import subprocess


class Firewall:
    """Rules of nftables. Each belongs to one fault, and is removed with it."""

    def __init__(self):
        self._run("add table inet chaos")
        self._run("add chain inet chaos output { type filter hook output priority 0; policy accept; }")

    def drop(self, side, ports):
        """Loses what goes to TCP ports (`dport`) or comes from them (`sport`). Returns the handle of the rule."""
        output = self._run(f"add rule inet chaos output tcp {side} {{ {', '.join(map(str, ports))} }} counter drop", "--echo", "--handle")
        return int(output.rpartition("# handle ")[2].split()[0])

    def lost(self, handle):
        """How many packets a rule has lost."""
        rules = self._run("list chain inet chaos output", "--handle")
        rule = next(line for line in rules.splitlines() if line.endswith(f"# handle {handle}"))
        return int(rule.partition("packets ")[2].split()[0])

    def remove(self, handle):
        """Removes a rule. Returns how many packets it has lost."""
        lost = self.lost(handle)
        self._run(f"delete rule inet chaos output handle {handle}")
        return lost

    @staticmethod
    def _run(command, *options):
        return subprocess.run(["nft", *options, command], check=True, capture_output=True, text=True).stdout
