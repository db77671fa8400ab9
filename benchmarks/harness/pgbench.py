"""pgbench, which comes with PostgreSQL, as the load."""
import os, re

from .peers import Unavailable, output_of
from .postgres import USER, programs


def pgbench(place, script, clients, seconds, *options, environment={}):
    """Transactions a second after all clients are connected, and how many there were; all of them succeeded."""
    # It counts the time in which it connects.
    seconds += clients // 64
    output = output_of(
        [programs() / "pgbench", "-n", "-h", "127.0.0.1", "-p", str(place.port), "-U", USER, "-c", str(clients), "-j1", f"-T{seconds}",
         "-f", str(script), *options, USER], seconds + 60, environment={**os.environ, **environment})
    rate, count = re.search(r"^tps = ([\d.]+)", output, re.M), re.search(r"actually processed: (\d+)", output)
    if "number of failed transactions: 0" not in output or not rate:
        raise Unavailable(f"pgbench: {' '.join(output.split())}")
    return float(rate[1]), int(count[1])
