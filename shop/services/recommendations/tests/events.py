"""Events for tests."""

import uuid
from typing import Any

ORDER_ENDED = "orders.ended"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def ended(*skus: str, key: str = "k", status: str = "confirmed", **attributes: Any) -> dict[str, Any]:
    """Returns the event of an order that has ended, in structured mode."""
    money = {"amount": 100, "currency": "EUR"}
    items = [{"sku": sku, "name": sku, "quantity": 1, "unitPrice": money, "lineTotal": money} for sku in skus]
    order = str(uuid.uuid4())
    data = {
        "orderId": order,
        "accountId": order,
        "email": "a@b.example",
        "status": status,
        "items": items,
        "total": money,
    }
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "orders",
        "type": ORDER_ENDED,
        "time": "2026-11-24T09:30:00.000Z",
        "datacontenttype": "application/json",
        "dataschema": "urn:events:orders.ended:1",
        "partitionkey": key,
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01",
        "data": data,
    } | attributes
