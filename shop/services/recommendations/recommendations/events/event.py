"""Events as the bus delivers them."""

from dataclasses import dataclass
from typing import Any

LARGEST = 1_048_576  # bytes of an event's data that the system's buses take
LONGEST_ID = 255  # characters of an event's identifier


@dataclass(frozen=True)
class Event:
    """A fact that a service has published."""

    id: str
    topic: str
    version: int
    traceparent: str | None
    data: Any
    generation: int = 0
    """The number of times the group's events were replayed before. A replayed event is handled again."""


@dataclass(frozen=True)
class UnreadableEvent:
    """Something that was delivered and is not an event."""

    id: str
    topic: str
    reason: str
    text: str


@dataclass(frozen=True)
class Delivery:
    """One hand-over of an event. An event can be delivered several times."""

    content: Event | UnreadableEvent
    receipt: Any = None
    """By what the member that delivered it settles it."""
