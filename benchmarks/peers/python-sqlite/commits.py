"""usage: commits.py sqlite:FILE SECONDS
One durable transaction after the other, each with a commit of its own: a SELECT and two UPDATEs. Only one transaction can write at a time, so
more callers would wait for each other. Prints how many were committed, in how many seconds, and the processor time that they took."""
import random
import sqlite3
import sys
import time

connection = sqlite3.connect(sys.argv[1].removeprefix("sqlite:"), isolation_level=None)
connection.execute("PRAGMA synchronous = FULL")
used, began, done = time.process_time(), time.monotonic(), 0
while time.monotonic() < began + float(sys.argv[2]):
    first, second = random.sample(range(1, 10001), 2)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("SELECT id, number FROM world WHERE id = ?", (first,)).fetchone()
    connection.execute("UPDATE world SET number = number + 1 WHERE id = ?", (first,))
    connection.execute("UPDATE world SET number = number + 1 WHERE id = ?", (second,))
    connection.execute("COMMIT")
    done += 1
print(done, time.monotonic() - began, time.process_time() - used)
