"""The durable section: workflows, the log of events, and what a poisoned key costs the others.

Gives `{"kind": {"name": [[value, …, µs of an fdatasync], …]}}`, a list each round. All programs write with the same durability: what they have been told is
stored has been synced to the disk.
"""
import contextlib

from .data import programs
from .durable_programs import Places, percentiles, rate
from .sections import Samples, turns
from .workers import relay, takeover

# The kinds of programs, and how much each has to do at a time.
LOADS = {"workflow": (1, 64), "workflow_postgres": (1, 64), "log": (1, 256)}
SIGNALS = ("SIGKILL", "SIGSTOP")


def durable(peers, rounds, seconds, skipped, notes):
    samples = Samples(skipped)
    with contextlib.ExitStack() as stack:
        places = Places(stack)
        for kind, loads in LOADS.items():
            for order in turns(programs(peers, kind), rounds):
                for load in loads:
                    for name, peer, words in order:
                        samples.take(f"{kind}, {load}", name, lambda: rate(places, peer, words, seconds, callers=load))
        for order in turns(programs(peers, "poison"), rounds):
            for poisoned in (0, 1):
                for name, peer, words in order:
                    samples.take(f"poison, {poisoned}", name, lambda: rate(places, peer, words, seconds, poisoned=poisoned))
        for order in turns(programs(peers, "begin"), rounds):
            for name, peer, words in order:
                samples.take("begin", name, lambda: percentiles(places, peer, words, seconds))
        for order in turns(programs(peers, "relay"), rounds):
            for name, peer, words in order:
                samples.take("relay", name, lambda: relay(places, peer, words))
        for order in turns(programs(peers, "takeover"), rounds):
            for how in SIGNALS:
                for name, peer, words in order:
                    samples.take(f"takeover, {how}", name, lambda: takeover(places, peer, words, how))
        if database := places.kept.get("postgres"):
            notes["durable"] = database.described
    return samples.found
