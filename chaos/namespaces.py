"""Puts a run into namespaces of its own: its network, its mounts and its processes end with it, whatever happens."""
import os
import signal
import subprocess

from chaos import containment

OWN = "CHAOS_NAMESPACES"
COMMAND = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc"]
PREPARE = "ip link set lo up"
# All that the faults need which cannot be inflicted elsewhere.
TRIAL = f"{PREPARE} && nft add table inet trial && mount -t tmpfs trial /mnt"


def run(command, environment):
    """Runs a program in namespaces, or as it is without the right to make them. Returns its exit code."""
    prefix = COMMAND if os.geteuid() == 0 else [COMMAND[0], "--user", "--map-root-user", *COMMAND[1:]]
    trial = subprocess.run([*prefix, "sh", "-c", TRIAL], capture_output=True, text=True)
    if trial.returncode != 0:
        reason = (trial.stderr.strip().splitlines() or ["unknown"])[-1]
        print(f"chaos: no namespaces with a network and mounts can be made here: {reason}", flush=True)
        return containment.run(command, env=environment)
    inside = ["sh", "-c", f'{PREPARE} && exec "$@"', "sh", *command]
    # Whatever unshare has started dies with it.
    return containment.run([*prefix, *inside], ending=signal.SIGKILL, env={**environment, OWN: "yes"})


def are_own():
    """Whether this process has namespaces of its own."""
    return OWN in os.environ
