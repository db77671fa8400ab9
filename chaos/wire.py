"""What travels on a broker: events as CloudEvents in binary mode, and messages that are not events."""
import dataclasses
import zlib

PREFIX = "roost"  # of all names on a broker
RECORDER = "recorder"  # the group of the run itself
LANES = 8  # of a group on RabbitMQ
REQUIRED = ("specversion", "id", "source", "type")


@dataclasses.dataclass(frozen=True)
class Message:
    """A message with its CloudEvents attributes, of which one that is not an event has none."""

    place: str  # where it is published: a routing key of RabbitMQ, or a topic of Kafka
    lane: str
    name: str  # by which Roost knows it if it is not an event
    attributes: dict
    body: bytes

    @property
    def is_event(self):
        return all(name in self.attributes for name in REQUIRED)

    @property
    def id(self):
        return self.attributes["id"] if self.is_event else self.name

    @property
    def topic(self):
        return self.attributes["type"] if self.is_event else self.place

    @property
    def key(self):
        return self.attributes.get("partitionkey", self.id)


def lane_of(key):
    """The lane of a key on RabbitMQ."""
    return zlib.crc32(key.encode()) % LANES


def attributes(identifier, topic):
    """The CloudEvents attributes of an event that this program makes itself."""
    return {
        "specversion": "1.0", "id": identifier, "source": "chaos", "type": topic, "partitionkey": identifier, "dataschema": f"urn:events:{topic}:1",
    }
