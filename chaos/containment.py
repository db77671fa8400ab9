"""Runs a program so that everything that it starts ends with it."""
import ctypes
import os
import signal
import subprocess
import sys

from chaos import processes

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # prctl(2)
PATIENCE = 60  # seconds for a program to end that was told to
libc = ctypes.CDLL(None, use_errno=True)


def end_when_told():
    """Makes a request to end this process a SystemExit, so that whatever it has started is stopped."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: sys.exit(128 + number))


def run(command, ending=signal.SIGTERM, limit=None, **options):
    """Runs a program. Returns its exit code, or None if it had not ended after `limit` seconds.

    `ending` is the signal that ends the program if this process is told to end, or dies. What the program leaves behind is killed.
    """
    end_when_told()
    # Processes whose parent has died become children of this one.
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # The signal comes at the death of the thread that starts the program: this has to be the main one.
    process = None
    try:
        process = subprocess.Popen(command, preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, ending, 0, 0, 0), **options)
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process:
            _stop(process, ending)
        _kill_descendants()


def _stop(process, ending):
    if process.poll() is not None:
        return
    process.send_signal(ending)
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill_descendants():
    """Kills the children of this process, and theirs, which are its children then."""
    while children := processes.children(os.getpid()):
        for pid in children:
            processes.send(pid, signal.SIGKILL)
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass
