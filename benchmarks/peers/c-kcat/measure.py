"""usage: measure.py publish|consume SERVER EVENTS ORDER-FILE
Runs kcat, which publishes lines of a file as events, or reads those that are there. Prints how many events were, in how many seconds, and its processor
time. It cannot say when it begins to publish, so its start counts; it reads without a group, and begins with the first output."""
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

TOPIC = "roost.orders"
# The same in each event, since kcat takes them from its command.
HEADERS = {
    "content-type": "application/json", "ce_specversion": "1.0", "ce_id": "0" * 36, "ce_source": "bench", "ce_type": "orders.placed",
    "ce_time": "2026-01-01T00:00:00.000Z", "ce_dataschema": "urn:events:orders.placed:1", "ce_partitionkey": "0" * 36,
}
SETTINGS = ["-X", "acks=all", "-X", "enable.idempotence=true", "-X", "partitioner=murmur2_random"]


def processor():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def publish(server, events, data):
    headers = [word for header in HEADERS.items() for word in ("-H", "=".join(header))]
    with tempfile.NamedTemporaryFile("w", prefix="roost-bench-") as file:
        file.writelines(f"{number:036}\t{data}\n" for number in range(events))
        file.flush()
        began = time.monotonic()
        subprocess.run(
            ["kcat", "-P", "-b", server, "-t", TOPIC, "-K", "\t", *SETTINGS, *headers, "-l", file.name], check=True, stderr=subprocess.DEVNULL)
        print(events, time.monotonic() - began, processor())


def consume(server, events, _):
    with subprocess.Popen(
            ["kcat", "-C", "-b", server, "-t", TOPIC, "-o", "beginning", "-e", "-q", "-f", "."], stdout=subprocess.PIPE) as reader:
        first, count = None, 0
        while part := os.read(reader.stdout.fileno(), 65_536):
            first, count = first or (len(part), time.monotonic()), count + len(part)
        took = time.monotonic() - first[1]
    if count != events:
        sys.exit(f"{count} events were read in place of {events}")
    # Its output comes in blocks: the events of the first one were read before.
    rate = (count - first[0]) / took
    print(events, events / rate, processor())


work, server, events, order = sys.argv[1:]
{"publish": publish, "consume": consume}[work](server, int(events), pathlib.Path(order).read_text().strip())
