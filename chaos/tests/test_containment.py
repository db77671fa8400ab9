"""What a program has started ends with it."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

from chaos import processes

# A program that starts another one, which no longer belongs to it, and writes down what that is.
INNER = 'setsid sh -c "echo \\$\\$ > pid; exec sleep 300" & wait'
OUTER = f"from chaos import containment; containment.run(['sh', '-c', {INNER!r}], cwd={{!r}}, limit={{!r}})"


class ContainmentTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, limit=None):
        outer = subprocess.Popen([sys.executable, "-c", OUTER.format(str(self.folder), limit)])
        self.addCleanup(outer.kill)
        pid = int(processes.wait_for(lambda: (self.folder / "pid").exists() and (self.folder / "pid").read_text(), 60, "it has started"))
        self.addCleanup(processes.send, pid, signal.SIGKILL)
        return outer, pid

    def test_it_ends_when_the_program_is_told_to_end(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                (self.folder / "pid").unlink(missing_ok=True)
                outer, pid = self.start()
                outer.send_signal(number)
                self.assertEqual(outer.wait(60), 128 + number)
                self.assertIsNone(processes.parent(pid))

    def test_it_ends_at_the_time_limit(self):
        outer, pid = self.start(limit=10)
        self.assertEqual(outer.wait(60), 0)
        self.assertIsNone(processes.parent(pid))
