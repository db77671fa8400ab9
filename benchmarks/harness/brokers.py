"""The section of brokers: what a program publishes, and what it reads and acknowledges, with its client of RabbitMQ or Kafka; and how long an event takes
from one process to another over each of the buses.

Gives `{"broker, publish": {"name": [[events a second, µs of the program, µs of the broker, µs of an fdatasync], …]}, "broker, consume": …, "carry": …}`, a
list each round. The programs publish the same event, with the same attributes, to queues or partitions of their own, and read what they have published.
"""
import contextlib

from .data import programs
from .durable_programs import Places, rate_there
from .peers import Unavailable
from .sections import Samples, turns
from .workers import relay

# The events of one measurement, in whole batches for each caller. The mock cluster of Kafka keeps no more than about 5 MiB of each of the 32 partitions.
EVENTS = {"rabbitmq": 20_480, "kafka": 98_304}
LIMIT_SECONDS = 30


def brokers(peers, rounds, skipped):
    samples = Samples(skipped)
    with contextlib.ExitStack() as stack:
        places = Places(stack)
        for kind, events in EVENTS.items():
            found = [(f"bench{number}", *program) for number, program in enumerate(programs(peers, kind))]
            warm(places, kind, events, found)
            for order in turns(found, rounds):
                for prefix, name, peer, words in order:
                    samples.take(kind, name, lambda: exchange(places, peer, words, events, prefix))
        for kind in EVENTS:
            divide(samples.found, kind)
        for order in turns(programs(peers, "carry"), rounds):
            for name, peer, words in order:
                samples.take("carry", name, lambda: relay(places, peer, words))
    return samples.found


def warm(places, kind, events, found):
    """A broker that has just been started is slower, which would be a disadvantage of the first program."""
    if kind == "rabbitmq":
        for prefix, _, peer, words in found[:1]:
            with contextlib.suppress(Unavailable):
                exchange(places, peer, words, events, prefix)


def exchange(places, peer, words, events, prefix):
    """What it takes to publish events, and then to read them."""
    with places.of(words) as (values, server):
        return [rate_there(server, peer, words, LIMIT_SECONDS, events=events, prefix=prefix, work=work, **values) for work in ("publish", "consume")]


def divide(found, kind):
    """Makes two kinds of the pairs of one."""
    pairs = found.pop(kind, {})
    for index, work in enumerate(("publish", "consume")):
        found[f"{kind}, {work}"] = {name: [taken[index] for taken in rounds] for name, rounds in pairs.items()}
