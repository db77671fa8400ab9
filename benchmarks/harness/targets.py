"""The goals for Roost, as ratios within one run."""
import dataclasses, statistics

from .peers import OURS


def values(results, section, kind, name, column=0):
    return [sample[column] for sample in results.get(section, {}).get(kind, {}).get(name, [])]


def ratios(ours, theirs):
    """Roost's value divided by the other one, round by round, so that both were measured in the same minute."""
    return [mine / other for mine, other in zip(ours, theirs) if other]


@dataclasses.dataclass
class Target:
    """A ratio, with its lower or upper limit; or a value, if there is no peer."""
    text: str
    section: str
    kind: str
    peer: str | None
    least: float = 0
    most: float = float("inf")
    ours: str = OURS
    column: int = 0

    def measured(self, results):
        mine = values(results, self.section, self.kind, self.ours, self.column)
        found = ratios(mine, values(results, self.section, self.kind, self.peer)) if self.peer else mine
        return statistics.median(found) if found else None

    def is_asked(self, results):
        return self.section in results

    def goal(self):
        return f"≥ {self.least:g}" if self.least else f"≤ {self.most:g}"

    def verdict(self, ratio):
        if ratio is None:
            return "not measured"
        return "hit" if self.least <= ratio <= self.most else "**missed**"


class ShopTarget(Target):
    """A value of the shop with 16 customers, or its ratio to that of the build which `--shop PEER=PROGRAM` names: `kind` says how the shop is
    started, `ours` what is measured."""

    def of(self, name, results):
        return [each["16"][self.ours] for each in results.get(self.section, {}).get(f"{name}, {self.kind}", [])]

    def measured(self, results):
        mine = self.of(OURS, results)
        found = ratios(mine, self.of(self.peer, results)) if self.peer else mine
        return statistics.median(found) if found else None

    def is_asked(self, results):
        return self.section in results and (self.peer is None or bool(self.of(self.peer, results)))


class SyncedTarget(Target):
    """A value in milliseconds, without what an fdatasync took on the same disk."""

    def measured(self, results):
        taken = results.get(self.section, {}).get(self.kind, {}).get(self.ours, [])
        found = [sample[self.column] - sample[-1] / 1000 for sample in taken]
        return statistics.median(found) if found else None


class DifferenceTarget(Target):
    """By how much a value is above that of another name, round by round; 0 if it is below."""

    def measured(self, results):
        ours, theirs = (values(results, self.section, self.kind, name, self.column) for name in (self.ours, self.peer))
        found = [mine - other for mine, other in zip(ours, theirs)]
        return max(0, statistics.median(found)) if found else None


class PoisonTarget(Target):
    """The rate of the other keys with a poisoned one, to that without it."""

    def measured(self, results):
        found = ratios(*(values(results, self.section, f"poison, {poisoned}", self.ours) for poisoned in (1, 0)))
        return statistics.median(found) if found else None


class CompileTarget(Target):
    """The milliseconds for each of 100 declarations, without what a build takes that has nothing to declare."""

    def measured(self, results):
        found, empty = (results.get(self.section, {}).get(name) for name in (self.kind, "Nothing"))
        return (statistics.median(found) - statistics.median(empty)) * 10 if found and empty else None


def own_pair(name):
    return f"{name} → {name}"


TARGETS = [
    Target("plaintext, to axum's rate", "http", "/plaintext", "rust-axum", least=0.9),
    Target("plaintext, to Go's rate", "http", "/plaintext", "go-http", least=1.3),
    Target("plaintext, to Hummingbird's rate", "http", "/plaintext", "swift-hummingbird", least=2),
    Target("validated order, to axum's rate", "http", "/orders", "rust-axum", least=0.9),
    Target("validated order, to Go's rate", "http", "/orders", "go-http", least=1.8),
    Target("validated order, to Hummingbird's rate", "http", "/orders", "swift-hummingbird", least=4),
    Target("validated order, to FastAPI's rate", "http", "/orders", "python-fastapi", least=9),
    Target("decode and validate JSON, to serde_json's time without validation", "codecs", "json-decode", "serde_json", most=1),
    Target("encode JSON, to serde_json's time", "codecs", "json-encode", "serde_json", most=0.8),
    Target("decode and validate JSON, to msgspec's time", "codecs", "json-decode", "msgspec", most=0.65),
    Target("encode JSON, to msgspec's time", "codecs", "json-encode", "msgspec", most=0.65),
    Target("gRPC server, to Go's rate", "grpc", "server", "go-grpc", least=0.9),
    Target("gRPC server, to grpc-swift-2's rate", "grpc", "server", "swift-grpc", least=5),
    Target("gRPC client to server, to the rate of Go's pair", "grpc", "pair", own_pair("go-grpc"), least=0.8, ours=own_pair(OURS)),
    Target("a call within the process, in ns", "calls", "call", None, most=1000, ours="local"),
    Target("a call over HTTP, to the time with async-http-client", "calls", "call", "http-by-async-http-client", most=1, ours="http"),
    Target("a call by gRPC, to the time of one in the process", "calls", "call", "direct", least=100, ours="grpc"),
    Target("row by key, to Django's rate", "data", "/row", "python-django-orm", least=10),
    Target("row by key, to FastAPI's rate with SQLAlchemy", "data", "/row", "python-fastapi-sqlalchemy", least=8),
    Target("row by key, to FastAPI's rate with asyncpg", "data", "/row", "python-fastapi-asyncpg", least=5),
    Target("row by key, to Go's rate with pgx", "data", "/row", "go-pgx", least=2),
    Target("row by key, to axum's rate with tokio-postgres", "data", "/row", "rust-tokio-postgres", least=1.1),
    Target("20 rows by key, to Django's rate", "data", "/rows", "python-django-orm", least=8),
    Target("20 rows by key, to Go's rate with pgx", "data", "/rows", "go-pgx", least=2),
    Target("20 rows by key, to axum's rate", "data", "/rows", "rust-tokio-postgres", least=1),
    Target("20 updates, to Django's rate", "data", "/updates", "python-django-orm", least=6),
    Target("20 updates, to Go's rate with pgx", "data", "/updates", "go-pgx", least=2),
    Target("20 updates, to axum's rate", "data", "/updates", "rust-tokio-postgres", least=1),
    Target("fortunes, to Django's rate", "data", "/fortunes", "python-django-orm", least=10),
    Target("fortunes, to Go's rate with pgx", "data", "/fortunes", "go-pgx", least=1.2),
    Target("fortunes, to axum's rate", "data", "/fortunes", "rust-tokio-postgres", least=0.9),
    Target("list of 100 products, to Django's rate", "data", "/products", "python-django-orm", least=8),
    Target("list of 100 products, to FastAPI's rate with SQLAlchemy", "data", "/products", "python-fastapi-sqlalchemy", least=6),
    Target("50 orders with lines, to Django's rate with prefetch", "data", "/orders", "python-django-orm", least=8),
    Target("driver, one row after another, to pgx's rate", "data", "driver: row, 1", "pgx", least=0.9),
    Target("driver, 16 callers, to pgx's rate", "data", "driver: row, 16", "pgx", least=1.5),
    Target("driver, 64 callers, to pgx's rate", "data", "driver: row, 64", "pgx", least=2.5),
    Target("driver, 64 callers, to libpq's rate in pipeline mode", "data", "driver: row, 64", "libpq", least=2),
    Target("driver, 64 callers, to asyncpg's rate", "data", "driver: row, 64", "asyncpg", least=3),
    Target("driver, 64 callers, to tokio-postgres's rate", "data", "driver: row, 64", "tokio-postgres", least=1),
    Target("transaction of known statements, to pgx's rate with SendBatch", "data", "driver: transaction, 16", "pgx", least=1.5),
    Target("COPY in, to psql's rate", "data", "copy in", "psql", least=0.9),
    Target("COPY out, to psql's rate", "data", "copy out", "psql", least=0.9),
    Target("memory of COPY in, in MB", "data", "copy in", None, most=33.5, column=3),
    Target("memory of COPY out, in MB", "data", "copy out", None, most=33.5, column=3),
    Target("row by key from SQLite, to Django's rate", "data", "SQLite /row", "python-django-orm", least=10),
    Target("durable transactions of 64 callers on SQLite, to one commit each", "data", "SQLite transactions", "one commit each", least=10),
    Target("Redis get, one after another, to redis-benchmark -P 1", "data", "Redis get, 1", "redis-benchmark -P 1", least=0.9),
    Target("Redis get, 64 callers, to redis-benchmark -P 16", "data", "Redis get, 64", "redis-benchmark -P 16", least=0.8),
    Target("Redis get of cached values, 64 callers, to those that are not", "data", "Redis get, 64", OURS, least=10, ours=f"{OURS}, cached"),
    Target("Redis set, one after another, to redis-benchmark -P 1", "data", "Redis set, 1", "redis-benchmark -P 1", least=0.9),
    Target("Redis set, 64 callers, to redis-benchmark -P 16", "data", "Redis set, 64", "redis-benchmark -P 16", least=0.8),
    Target("workflows on SQLite, 64 in flight, to DBOS's rate", "durable", "workflow, 64", "DBOS, as it ships", least=100),
    Target("workflows on SQLite, 64 in flight, to DBOS's rate in WAL", "durable", "workflow, 64", "DBOS, its file in WAL", least=30),
    Target("workflows on SQLite, one at a time, to DBOS's rate", "durable", "workflow, 1", "DBOS, as it ships", least=3),
    Target("workflows on SQLite, one at a time, to DBOS's rate in WAL", "durable", "workflow, 1", "DBOS, its file in WAL", least=1.2),
    Target("workflows on PostgreSQL, 64 in flight, to DBOS's rate", "durable", "workflow_postgres, 64", "DBOS", least=20),
    Target("workflows on PostgreSQL, 64 in flight, to Absurd's rate", "durable", "workflow_postgres, 64", "Absurd", least=8),
    Target("workflows on PostgreSQL, 64 in flight, to Temporal's rate", "durable", "workflow_postgres, 64",
           "Temporal's development server, on SQLite", least=20),
    SyncedTarget("from the start of a workflow to its first step, on SQLite, ms beside the fdatasync", "durable", "begin", None, most=5,
                 ours=f"{OURS}, on SQLite"),
    Target("durable log, one at a time, to RabbitMQ's rate", "durable", "log, 1", "RabbitMQ, quorum queue", least=1.5),
    Target("durable log, 256 in flight, to RabbitMQ's rate", "durable", "log, 256", "RabbitMQ, quorum queue", least=3),
    Target("durable log, one at a time, to NATS JetStream's rate", "durable", "log, 1", "NATS JetStream", least=1),
    Target("durable log, 256 in flight, to NATS JetStream's rate", "durable", "log, 256", "NATS JetStream", least=1),
    Target("from a transaction to the handler in another process, median, ms", "durable", "relay", None, most=10),
    Target("from a transaction to the handler in another process, p99, ms", "durable", "relay", None, most=30, column=1),
    Target("two idle processes, % of a core", "durable", "relay", None, most=0.4, column=2),
    PoisonTarget("the other 999 keys with a poisoned one, to their rate without it", "durable", "poison", None, least=0.95),
    Target("takeover after SIGKILL on SQLite, ms", "durable", "takeover, SIGKILL", None, most=500, ours=f"{OURS}, on SQLite"),
    Target("takeover after SIGKILL on PostgreSQL, ms", "durable", "takeover, SIGKILL", None, most=500, ours=f"{OURS}, on PostgreSQL"),
    Target("takeover after SIGSTOP on SQLite, ms", "durable", "takeover, SIGSTOP", None, most=16000, ours=f"{OURS}, on SQLite"),
    Target("takeover after SIGSTOP on PostgreSQL, ms", "durable", "takeover, SIGSTOP", None, most=16000, ours=f"{OURS}, on PostgreSQL"),
    *(Target(f"{words} {broker}, to {whose} rate", "brokers", f"{kind}, {work}", peer, least=least)
      for broker, kind, clients in (
          ("RabbitMQ", "rabbitmq", (("aio-pika's", "aio-pika, up to 16 acknowledged together", 5),
                                    ("Go's", "Go's amqp091, up to 16 acknowledged together", 1))),
          ("Kafka", "kafka", (("confluent-kafka's", "confluent-kafka", 1.5), ("kcat's", "kcat", 0.8))))
      for work, words in (("publish", "publish to"), ("consume", "read from")) for whose, peer, least in clients),
    DifferenceTarget("an event over RabbitMQ, median, ms more than over the embedded log", "brokers", "carry", "roost, embedded log", most=3,
                     ours=f"{OURS}, RabbitMQ"),
    ShopTarget("the shop apart, orders settled a second", "shop", "apart", None, least=600, ours="rate"),
    ShopTarget("the shop together, orders settled a second", "shop", "together", None, least=1500, ours="rate"),
    ShopTarget("the shop apart, CPU ms an order", "shop", "apart", None, most=2.5, ours="cpu"),
    ShopTarget("the shop together, CPU ms an order", "shop", "together", None, most=1, ours="cpu"),
    ShopTarget("the shop apart on PostgreSQL and Redis, orders settled a second", "shop", "apart, PostgreSQL and Redis", None, least=400, ours="rate"),
    *(ShopTarget(f"the shop {way}, orders settled a second, to an earlier build", "shop", way, "before", least=0.9, ours="rate")
      for way in ("apart", "together", "apart, PostgreSQL and Redis")),
    CompileTarget("a @Model of 20 columns, ms", "compile", "Models", None, most=80),
]
