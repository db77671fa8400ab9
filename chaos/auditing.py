"""The auditor of a run, as a process."""
import subprocess
import sys

from chaos.shop import ROOT

LIMIT = 600  # seconds for the audit


class Auditing:
    """The program that samples the shop while it runs, and counts in the end."""

    def __init__(self, folder, postgres=None, events=None, checks=(), quiet_within=120):
        command = [sys.executable, "-m", "chaos.auditor", str(folder), "--quiet-within", str(quiet_within)]
        command += ["--postgres", postgres] if postgres else []
        command += ["--events", events] if events else []
        for name in checks:
            command += ["--check", name]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True)

    def conclude(self):
        """Has it count. Returns whether everything was as it should be."""
        self._process.communicate(timeout=LIMIT)
        return self._process.returncode == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
