"""What the service does: it learns from orders, and recommends products."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from recommendations.events.event import Event
from recommendations.orders import read_order_ended
from recommendations.problems import Problem
from recommendations.products import Product
from recommendations.storage.storage import Storage, StorageUnavailable

MOST = 8  # products that are recommended
PORTION = 24  # products that the catalog is asked for at once


class Products(Protocol):
    """What the recommender asks of the catalog."""

    async def lookup(self, skus: Sequence[str]) -> dict[str, Product]:
        """Returns the products that exist."""


class Recommender:
    """Recommends the products that are bought together most often."""

    def __init__(self, storage: Storage, catalog: Products) -> None:
        self._storage, self._catalog = storage, catalog

    async def learn(self, event: Event) -> None:
        """Learns from an order that has ended. What is not bought teaches nothing."""
        order = read_order_ended(event)
        if order.status == "confirmed":
            await self._storage.learn(event, order.skus)

    async def recommend(self, sku: str) -> list[Product]:
        """Returns the products that are bought together with one, best first, as far as they can be bought."""
        try:
            partners = await self._storage.partners(sku)
        except StorageUnavailable as error:
            raise Problem.unavailable("The recommendations cannot be read.") from error
        found: list[Product] = []
        for portion in _portions(partners):
            products = await self._catalog.lookup(portion)
            found += [products[each] for each in portion if each in products and products[each].stock > 0]
            if len(found) >= MOST:
                break
        return found[:MOST]


def _portions(skus: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(skus), PORTION):
        yield skus[start : start + PORTION]
