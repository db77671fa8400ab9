"""usage: measure.py PORT get|set CALLERS PIPELINE SECONDS
Runs redis-benchmark with so many requests in flight; prints how many were answered, in how many seconds, and its processor time."""
import csv
import resource
import subprocess
import sys

port, work, callers, pipeline, seconds = sys.argv[1:]
clients = max(1, int(callers) // int(pipeline))


def run(work, count):
    """Values of 32 bytes under ten thousand keys."""
    command = ["redis-benchmark", "-p", port, "-t", work, "-n", str(count), "-c", str(clients), "-P", pipeline, "-r", "10000", "-d", "32", "--csv"]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    return float(next(row["rps"] for row in csv.DictReader(output.splitlines())))


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


rate = run("set", 50_000)
if work == "get":
    rate = run("get", 20_000)
count, before = int(rate * float(seconds)), processor()
rate = run(work, count)
print(count, count / rate, processor() - before)
