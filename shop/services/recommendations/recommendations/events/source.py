"""Where events come from. Each bus has an implementation; the handlers do not know which one is used."""

from collections.abc import Sequence
from typing import Protocol

from recommendations.events.event import Delivery


class BusError(Exception):
    """The event bus cannot be used at the moment, or the member no longer belongs to its group."""


class Member(Protocol):
    """A member of a consumer group. It receives the events of its lanes, those of each lane in order."""

    async def next(self) -> Sequence[Delivery]:
        """Waits for deliveries, and returns none if none came for a while. The former ones must be settled before.

        Raises a `BusError`, after which the caller leaves, and joins the group again.
        """

    async def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Records that these need not be delivered again. Raises a `BusError`; then they may be."""

    async def leave(self) -> None:
        """Leaves the group. What is not settled is delivered to another member. Never fails."""


class EventSource(Protocol):
    """An event bus, as a consumer group sees it."""

    async def join(self) -> Member:
        """Joins the group. Raises a `BusError`, or a `ConfigurationError` if another attempt would not help."""
