"""What the service asks of its database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from recommendations.events.event import LONGEST_ID, Event, UnreadableEvent

LONGEST_REASON = 2048


class StorageUnavailable(Exception):
    """The database cannot be used at the moment."""


@dataclass(frozen=True)
class DeadLetter:
    """An event that could not be read or handled, kept until a person decides."""

    id: str
    topic: str
    reason: str
    event: str

    @staticmethod
    def of_event(event: Event, reason: str) -> "DeadLetter":
        """Returns the dead letter of an event that was refused."""
        value = {
            "id": event.id,
            "type": event.topic,
            "dataschema": f"urn:events:{event.topic}:{event.version}",
            "data": event.data,
        }
        return DeadLetter(event.id, event.topic, _text(reason)[:LONGEST_REASON], json.dumps(value))

    @staticmethod
    def of_unreadable(event: UnreadableEvent) -> "DeadLetter":
        """Returns the dead letter of what is not an event. Its identifier can be of any length, and is cut."""
        identifier, reason = _text(event.id)[:LONGEST_ID], _text(event.reason)[:LONGEST_REASON]
        return DeadLetter(identifier, _text(event.topic), reason, _text(event.text))


class Storage(Protocol):
    """The state of the service. Each function raises `StorageUnavailable` if the database cannot be used now."""

    async def partners(self, sku: str) -> list[str]:
        """Returns the products that were bought together with one, the most often bought first."""

    async def learn(self, event: Event, skus: Sequence[str]) -> bool:
        """Notes that products were bought together, unless that was noted before for the same event.

        Returns whether it was new.
        """

    async def bury(self, letter: DeadLetter) -> None:
        """Keeps a dead letter."""

    async def close(self) -> None:
        """Ends the use of the database."""


def _text(value: str) -> str:
    """Returns a text that every database takes: without U+0000 and without halves of surrogate pairs."""
    return value.replace("\0", "").encode(errors="backslashreplace").decode()
