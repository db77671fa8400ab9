"""A catalog over gRPC, whose products and faults a test decides."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import catalog_pb2
import catalog_pb2_grpc
import grpc


class CatalogService(catalog_pb2_grpc.CatalogServicer):
    """Knows every product but those without a stock."""

    def __init__(self) -> None:
        self.stock: dict[str, int] = {}
        self.calls: list[list[str]] = []
        self.metadata: list[dict[str, str]] = []
        self.times: list[float] = []
        self.fault: grpc.StatusCode | None = None
        self.hangs = False

    async def Lookup(  # noqa: N802, the name is that of the contract
        self, request: catalog_pb2.LookupRequest, context: grpc.aio.ServicerContext
    ) -> catalog_pb2.LookupReply:
        self.calls.append(list(request.body))
        self.metadata.append({each.key: each.value for each in context.invocation_metadata()})
        self.times.append(context.time_remaining())
        if self.hangs:
            await asyncio.Event().wait()
        if self.fault:
            await context.abort(self.fault, "no")
        return catalog_pb2.LookupReply(
            value=[self._product(sku) for sku in reversed(request.body) if sku in self.stock]
        )

    def _product(self, sku: str) -> catalog_pb2.Product:
        price = catalog_pb2.Money(amount=1999, currency="EUR")
        return catalog_pb2.Product(
            sku=sku,
            name=f"Name of {sku}",
            description="Good.",
            category="tea",
            price=price,
            stock=self.stock[sku],
            image_url="/x.svg",
        )


@asynccontextmanager
async def serving(catalog: CatalogService, port: int = 0) -> AsyncIterator[int]:
    """Serves a catalog, and returns its port."""
    server = grpc.aio.server()
    catalog_pb2_grpc.add_CatalogServicer_to_server(catalog, server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    await server.start()
    try:
        yield port
    finally:
        await server.stop(grace=None)
