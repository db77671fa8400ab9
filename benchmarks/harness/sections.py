"""The sections of a run. In each, the programs take turns, so that other activity on the machine affects all of them alike.

A section gives samples: `{"route or kind": {"name": [[value, processor µs], …]}}`, a value each round.
"""
import contextlib

from . import grpc_load, http_load
from .building import say
from .peers import OURS, ROUTES, Unavailable
from .processes import start_all

CODECS = ("json-decode", "json-encode", "protobuf-decode", "protobuf-encode")


class Samples:
    """The measurements, by kind and name; a name that fails once is dropped from the kind, with the reason."""

    def __init__(self, skipped):
        self.found, self.skipped = {}, skipped

    def take(self, kind, name, measure):
        if f"{name} ({kind})" in self.skipped:
            return
        try:
            self.add(kind, name, measure())
        except Unavailable as reason:
            self.skipped[f"{name} ({kind})"] = str(reason)
            self.found.get(kind, {}).pop(name, None)
            say(f"SKIPPED {name} ({kind}): {reason}")

    def add(self, kind, name, value):
        self.found.setdefault(kind, {}).setdefault(name, []).append(value)


def turns(things, rounds):
    """The items once in each round, in reverse order in every other round."""
    for number in range(rounds):
        yield list(things) if number % 2 == 0 else list(reversed(things))
        say(f"  finished round {number + 1} of {rounds}")


def http(peers, rounds, seconds, skipped):
    samples = Samples(skipped)
    with contextlib.ExitStack() as stack:
        servers = start_all(stack, peers, "http", http_load.check, skipped)
        for order in turns(servers, rounds):
            for route in ROUTES:
                for server in (each for each in order if route in each.peer.routes):
                    samples.take(route, server.peer.name, lambda: http_load.load(server, route, seconds))
    return samples.found


def grpc(peers, rounds, seconds, skipped):
    """Servers under h2load, and pairs of a client and a server: each with its own, and Go's and Roost's with each other's."""
    samples = Samples(skipped)
    with contextlib.ExitStack() as stack:
        servers = start_all(stack, peers, "grpc", grpc_load.check, skipped)
        clients = [peer for peer in peers if peer.call]
        pairs = [(client, server) for client in clients for server in servers
                 if client == server.peer or {client.name, server.peer.name} == {OURS, "go-grpc"}]
        for order in turns(servers, rounds):
            for server in order:
                samples.take("server", server.peer.name, lambda: grpc_load.load(server, seconds))
        for order in turns(pairs, rounds):
            for client, server in order:
                samples.take("pair", f"{client.name} → {server.peer.name}", lambda: grpc_load.pair(client, server, seconds))
    return samples.found


def codecs(peers, rounds, skipped):
    """Nanoseconds to decode and to encode one order."""
    samples = Samples(skipped)
    programs = [(name, peer, words) for peer in peers for name, words in peer.codecs.items()]
    for order in turns(programs, rounds):
        for name, peer, words in order:
            try:
                output = peer.output(words, 120)
            except Unavailable as reason:
                skipped[f"{name} (codec)"] = str(reason)
                continue
            for line in output.splitlines():
                kind, value = line.split()
                samples.add(kind, name, [float(value), None])
    return samples.found


def calls(peers, rounds, skipped):
    """Nanoseconds for one call between two Roost services, in each of the possible ways."""
    samples = Samples(skipped)
    for peer in (each for each in peers if each.compare):
        for _ in range(rounds):
            try:
                for line in peer.output(peer.compare, 120).splitlines():
                    way, value = line.split()
                    samples.add("call", way, [float(value), None])
            except Unavailable as reason:
                skipped[f"{peer.name} (calls)"] = str(reason)
    return samples.found
