"""Puts a run into namespaces of its own: its network, its mounts and its processes end with it, whatever happens."""
import os
import subprocess
import sys

INSIDE = "CHAOS_NAMESPACES"
COMMAND = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"]


def enter():
    """Starts this program again inside namespaces, and ends with its exit code. Without the right to make them it goes on as it is."""
    if os.environ.get(INSIDE):
        return
    command = COMMAND if os.geteuid() == 0 else COMMAND[:1] + ["--user", "--map-root-user"] + COMMAND[1:]
    possible = subprocess.run(command + ["ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0
    if not possible:
        print("chaos: namespaces cannot be made here: partitions and full disks are left out", flush=True)
        os.environ[INSIDE] = "none"
        return
    inner = 'ip link set lo up && exec "$@"'
    again = command + ["sh", "-c", inner, "sh", sys.executable, "-m", "chaos", *sys.argv[1:]]
    sys.exit(subprocess.run(again, env={**os.environ, INSIDE: "own"}).returncode)


def are_own():
    """Whether this process has namespaces of its own."""
    return os.environ.get(INSIDE) == "own"
