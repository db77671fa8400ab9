"""A table of a year, in one piece and in a partition for each month."""
import re

MONTHS, EVENTS = 12, 1_200_000
TABLES = """
DROP TABLE IF EXISTS events, parted;
CREATE TABLE events (id bigint, tenant int, at timestamptz NOT NULL, body text);
CREATE TABLE parted (LIKE events INCLUDING ALL) PARTITION BY RANGE (at);
""" + "".join(
    f"CREATE TABLE parted_{month} PARTITION OF parted FOR VALUES FROM ('2026-{month:02}-01') TO ('{2026 + month // 12}-{month % 12 + 1:02}-01');\n"
    for month in range(1, MONTHS + 1)) + """
CREATE INDEX ON events (tenant, at);
CREATE INDEX ON events (at);
CREATE INDEX ON parted (tenant, at);
CREATE INDEX ON parted (at);
"""
FILL = f"""
INSERT INTO {{table}} SELECT i, i % 100, timestamptz '2026-01-01' + i * interval '365 days' / {EVENTS + 1}, repeat('x', 100)
FROM generate_series(1, {EVENTS}) AS i
"""


def partitions(database, rounds, samples):
    """Milliseconds to fill a table of a year and to remove its first month, with the megabytes of log that each writes, and to read a day."""
    for _ in range(min(rounds, 3)):
        database.run(database.url, "-c", TABLES)
        for table, remove in {
            "events": ["DELETE FROM events WHERE at < '2026-02-01'", "VACUUM events"], "parted": ["DROP TABLE parted_1"],
        }.items():
            name = {"events": "one table", "parted": f"{MONTHS} partitions"}[table]
            samples.take("partitions: insert", name, lambda: logged(database, FILL.format(table=table)))
            database.ask(f"VACUUM ANALYZE {table}")
            samples.take("partitions: read a day of a tenant", name, lambda: read(database, table))
            samples.take("partitions: remove a month", name, lambda: logged(database, *remove))


def logged(database, *statements):
    """Milliseconds by psql's clock, and megabytes of log."""
    start = database.ask("SELECT pg_current_wal_insert_lsn()")
    output = database.run(database.url, "-c", "\\timing on", *(word for statement in statements for word in ("-c", statement)))
    took = sum(map(float, re.findall(r"^Time: ([\d.]+) ms", output, re.M)))
    return [took, float(database.ask(f"SELECT pg_current_wal_insert_lsn() - '{start}'")) / 1e6]


def read(database, table):
    """Milliseconds by the server's own clock."""
    statement = f"EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM {table} WHERE tenant = 7 AND at >= '2026-06-10' AND at < '2026-06-11'"
    database.ask(statement)
    output = database.ask(statement)
    return [sum(float(re.search(rf'"{name} Time": ([\d.]+)', output)[1]) for name in ("Planning", "Execution"))]
