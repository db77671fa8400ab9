"""The catalog, which is called by gRPC with its exported `.proto`."""

from collections.abc import Sequence
from types import TracebackType

import catalog_pb2
import catalog_pb2_grpc
import grpc

from recommendations.addresses import Address
from recommendations.availability import Availability
from recommendations.context import current_context
from recommendations.problems import Problem
from recommendations.products import Money, Product

LIMIT = 2.0  # seconds for a call
OPTIONS = [
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 5000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.enable_http_proxy", 0),
]
DOWN = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)


class Catalog:
    """A client of the catalog. It connects at the first call, and again after the connection broke."""

    def __init__(self, address: Address, service: str, service_key: str) -> None:
        self._identity = (("x-service-key", service_key), ("x-service-name", service))
        self._channel = grpc.aio.insecure_channel(str(address), options=OPTIONS)
        self._stub = catalog_pb2_grpc.CatalogStub(self._channel)
        self._availability = Availability("the catalog")

    async def lookup(self, skus: Sequence[str]) -> dict[str, Product]:
        """Returns the products that exist. Raises a `Problem` if the catalog does not answer."""
        context = current_context()
        limit = context.seconds_left(LIMIT) if context else LIMIT
        try:
            request = catalog_pb2.LookupRequest(body=skus)
            reply = await self._stub.Lookup(request, timeout=limit, metadata=self._metadata())
        except grpc.aio.AioRpcError as error:
            raise self._problem(error) from error
        self._availability.worked()
        return {each.sku: _product(each) for each in reply.value}

    async def __aenter__(self) -> "Catalog":
        """Returns the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Lets the calls under way end, and closes the connection."""
        await self._channel.close(grace=LIMIT)

    def _metadata(self) -> tuple[tuple[str, str], ...]:
        """Returns who calls, and the identifier and the trace of the call that this one is a part of."""
        context = current_context()
        if context is None:
            return self._identity
        traceparent = context.trace.child().traceparent
        return (*self._identity, ("x-request-id", context.request_id), ("traceparent", traceparent))

    def _problem(self, error: grpc.aio.AioRpcError) -> Problem:
        self._availability.failed(RuntimeError(f"{error.code().name}: {error.details()}"))
        if error.code() in DOWN:
            return Problem.unavailable("The catalog is not available.")
        if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
            return Problem(504, "The catalog did not answer in time.")
        return Problem(502, "The catalog refused the call.", code="upstream_error")


def _product(message: catalog_pb2.Product) -> Product:
    return Product(
        sku=message.sku,
        name=message.name,
        description=message.description,
        category=message.category,
        price=Money(amount=message.price.amount, currency=message.price.currency),
        stock=message.stock,
        image_url=message.image_url,
    )
