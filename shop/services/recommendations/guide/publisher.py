"""Publishes an event by the HTTP interface of the event bus."""

import uuid
from collections.abc import Mapping

import httpx


def publish_viewed(client: httpx.Client, sku: str, traceparent: str) -> None:
    """Publishes that a product was viewed. The event is durable once this returns."""
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "views",
        "type": "products.viewed",
        "dataschema": "urn:events:products.viewed:1",
        "partitionkey": sku,
        "traceparent": traceparent,
        "data": {"sku": sku},
    }
    client.post("/events", json={"events": [event]}).raise_for_status()


def events_client(address: str, environment: Mapping[str, str], service: str) -> httpx.Client:
    """Returns a client of the event bus."""
    headers = {"x-service-key": environment["SERVICE_KEY"], "x-service-name": service}
    return httpx.Client(base_url=f"http://{address}", headers=headers, timeout=10, trust_env=False)
