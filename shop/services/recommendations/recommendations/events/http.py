"""Events over the HTTP interface of the event bus, which is there whatever the system's bus is."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from recommendations.configuration import ConfigurationError
from recommendations.events.cloudevents import read_structured
from recommendations.events.event import LONGEST_ID, Delivery, Event, UnreadableEvent
from recommendations.events.source import BusError
from recommendations.events.url import EventsURL

CAPACITY = 64  # deliveries that are not settled
WAIT = 20  # seconds that a poll waits for deliveries
LIMIT = httpx.Timeout(10, read=WAIT + 10)


class HTTPSource:
    """The service `events` of the system."""

    def __init__(self, bus: EventsURL, group: str, topics: Sequence[str], service_key: str) -> None:
        self._url = f"http://{bus.servers[0]}"
        self._group, self._topics = group, list(topics)
        self._headers = {"x-service-key": service_key, "x-service-name": group}

    async def join(self) -> "HTTPMember":
        """Joins the group."""
        client = httpx.AsyncClient(base_url=self._url, headers=self._headers, timeout=LIMIT, trust_env=False)
        members = f"/events/groups/{quote(self._group, safe='')}/members"
        try:
            body = {"topics": self._topics, "capacity": CAPACITY}
            answer = await _send(client, "POST", members, json=body)
            return HTTPMember(client, f"{members}/{quote(_member(answer), safe='')}")
        except BaseException:
            await client.aclose()
            raise


class HTTPMember:
    """A member that asks for its deliveries."""

    def __init__(self, client: httpx.AsyncClient, path: str) -> None:
        self._client, self._path = client, path

    async def next(self) -> Sequence[Delivery]:
        """Asks for deliveries. What was revoked needs no answer: the former deliveries are settled."""
        answer = await _send(self._client, "POST", f"{self._path}/deliveries", params={"wait": WAIT})
        try:
            return [_delivery(item) for item in answer["items"]]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BusError(f"the deliveries cannot be read: {error!r}") from error

    async def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Settles deliveries."""
        await _send(
            self._client,
            "POST",
            f"{self._path}/settlements",
            json={"deliveries": [each.receipt for each in deliveries]},
        )

    async def leave(self) -> None:
        """Leaves the group. If that fails, the bus notices that the member no longer asks."""
        with contextlib.suppress(BusError, ConfigurationError):
            await _send(self._client, "DELETE", self._path, timeout=3)
        await self._client.aclose()


def _member(answer: Any) -> str:
    if isinstance(answer, dict) and isinstance(answer.get("member"), str):
        return answer["member"]
    raise BusError("the event bus answered without a member")


def _delivery(item: Any) -> Delivery:
    receipt, event = str(item["delivery"]), item["event"]
    if fault := item.get("fault"):
        identifier, topic = str(event.get("id", receipt))[:LONGEST_ID], str(event.get("type", ""))
        return Delivery(UnreadableEvent(identifier, topic, fault, json.dumps(event)), receipt)
    content = read_structured(event, fallback_id=receipt)
    if isinstance(content, Event):
        content = replace(content, generation=int(item.get("generation", 0)))
    return Delivery(content, receipt)


async def _send(client: httpx.AsyncClient, method: str, path: str, **options: Any) -> Any:
    """Sends a request, and returns the JSON of the answer."""
    try:
        response = await client.request(method, path, **options)
        if response.status_code in (401, 403):
            raise ConfigurationError("SERVICE_KEY is wrong: the event bus refuses it")
        response.raise_for_status()
        return response.json() if response.content else None
    except (httpx.HTTPError, ValueError) as error:
        raise BusError(f"{method} {path}: {error or type(error).__name__}") from error
