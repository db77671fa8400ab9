"""What one synced write costs, which all durable work waits for."""
import os, statistics, tempfile, time

BLOCK = b"\0" * 4096


def sync_microseconds(times=100):
    """The median time of fdatasync after 4 KiB were appended to a file where temporary files are."""
    found = []
    with tempfile.TemporaryFile(prefix="roost-bench-", buffering=0) as file:
        for _ in range(times):
            file.write(BLOCK)
            began = time.monotonic()
            os.fdatasync(file.fileno())
            found.append((time.monotonic() - began) * 1e6)
    return statistics.median(found)
