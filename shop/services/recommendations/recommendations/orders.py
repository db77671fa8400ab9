"""What the service reads of the events of orders."""

from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from recommendations.events.consumer import EventRefused
from recommendations.events.event import Event

ORDER_ENDED = "orders.ended"
VERSIONS = (1,)
SKU = Annotated[str, Field(min_length=1, max_length=100)]


class OrderItem(BaseModel):
    """A product in an order."""

    sku: SKU


class OrderEnded(BaseModel):
    """An order has reached its final status. Fields that the service does not need are not read."""

    status: str
    items: Annotated[list[OrderItem], Field(max_length=100)]

    @property
    def skus(self) -> list[str]:
        """The products."""
        return [item.sku for item in self.items]


def read_order_ended(event: Event) -> OrderEnded:
    """Returns the event's data. Raises `EventRefused` if it is not valid, or of an unknown version."""
    if event.version not in VERSIONS:
        raise EventRefused(
            f"The event has version {event.version}, but OrderEnded can be read in the versions {list(VERSIONS)}: "
            "deploy a program that knows this version, and then replay the event."
        )
    try:
        return OrderEnded.model_validate(event.data)
    except ValidationError as error:
        faults = "; ".join(f"/{'/'.join(map(str, each['loc']))} {each['msg']}" for each in error.errors()[:10])
        raise EventRefused(f"The event is not a valid OrderEnded: {faults}") from error
