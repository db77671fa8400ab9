"""The goals for Roost, as ratios within one run."""
import dataclasses, statistics

from .peers import OURS


def values(results, section, kind, name):
    return [sample[0] for sample in results.get(section, {}).get(kind, {}).get(name, [])]


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

    def measured(self, results):
        mine = values(results, self.section, self.kind, self.ours)
        found = ratios(mine, values(results, self.section, self.kind, self.peer)) if self.peer else mine
        return statistics.median(found) if found else None

    def goal(self):
        return f"≥ {self.least:g}" if self.least else f"≤ {self.most:g}"

    def verdict(self, ratio):
        if ratio is None:
            return "not measured"
        return "hit" if self.least <= ratio <= self.most else "**missed**"


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
]
