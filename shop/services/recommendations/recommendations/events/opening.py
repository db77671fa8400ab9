"""Chooses the source of events by `EVENTS_URL`."""

from collections.abc import Sequence

from recommendations.events.http import HTTPSource
from recommendations.events.kafka import KafkaSource
from recommendations.events.rabbitmq import RabbitMQSource
from recommendations.events.source import EventSource
from recommendations.events.url import EventsURL


def source_of(bus: EventsURL, group: str, topics: Sequence[str], service_key: str) -> EventSource:
    """Returns the source of events for a consumer group."""
    match bus.scheme:
        case "amqp" | "amqps":
            return RabbitMQSource(bus, group)
        case "kafka" | "kafka+ssl":
            return KafkaSource(bus, group, topics)
        case _:
            return HTTPSource(bus, group, topics, service_key)
