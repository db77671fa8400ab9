"""The HTTP interface of the event bus, as far as the service uses it. The events survive when it is stopped."""

import asyncio
import itertools
import zlib
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response

from tests.servers.ports import free_port
from tests.servers.serving import Served

KEY = "the-key-of-the-system"


@dataclass
class Kept:
    """An event that is kept for the group."""

    event: dict[str, Any]
    fault: str | None = None
    member: str | None = None
    was_delivered: bool = False
    receipt: str = ""


@dataclass
class EventsService:
    """The bus, with one group."""

    kept: list[Kept] = field(default_factory=list)
    members: set[str] = field(default_factory=set)
    settled: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    polls: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    settles: bool = True
    breaks: bool = False
    """Whether the next deliveries are handed over on a connection that breaks before the response."""
    generation: int = 0
    group: str = "recommendations"

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()
        self._numbers = itertools.count(1)
        self.port = free_port()
        self._served = Served(self._app(), self.port)
        self.start, self.stop = self._served.start, self._served.stop

    async def publish(self, *events: dict[str, Any], fault: str | None = None) -> None:
        self.kept += [Kept(event, fault) for event in events]
        async with self._changed:
            self._changed.notify_all()

    async def forget_members(self) -> None:
        """Has all members leave, as if they had not called for too long."""
        for member in list(self.members):
            await self._leave(member)

    async def _leave(self, member: str) -> None:
        self.members.discard(member)
        for each in self.kept:
            each.member = None if each.member == member else each.member
        async with self._changed:
            self._changed.notify_all()

    def _take(self, member: str, capacity: int) -> list[dict[str, Any]]:
        ready = [each for each in self.kept if each.member is None][:capacity]
        items = []
        for each in ready:
            each.receipt, each.member = f"1.{next(self._numbers)}", member
            items.append(self._item(each))
            each.was_delivered = True
        return items

    def _item(self, each: Kept) -> dict[str, Any]:
        lane = str(zlib.crc32(each.event.get("partitionkey", "").encode()) % 8)
        item = {"delivery": each.receipt, "lane": lane, "isRedelivered": each.was_delivered, "event": each.event}
        return item | ({"fault": each.fault} if each.fault else {}) | {"generation": self.generation}

    def _app(self) -> FastAPI:
        app = FastAPI()
        members = "/events/groups/{group}/members"

        @app.middleware("http")
        async def check_key(request: Request, proceed):
            return await proceed(request) if request.headers.get("x-service-key") == KEY else Response(status_code=401)

        @app.post(members, status_code=201)
        async def join(group: str, body: dict[str, Any]):
            assert (group, body["topics"]) == (self.group, ["orders.ended"])
            assert 1 <= body["capacity"] <= 256
            member = f"member-{next(self._numbers)}"
            self.members.add(member)
            return {"member": member, "idleSeconds": 30}

        @app.post(members + "/{member}/deliveries")
        async def deliveries(member: str, wait: int):
            if member not in self.members:
                return Response(status_code=404)
            self.polls.put_nowait(member)
            async with self._changed:
                try:
                    async with asyncio.timeout(wait):
                        await self._changed.wait_for(lambda: any(each.member is None for each in self.kept))
                except TimeoutError:
                    pass
            items = self._take(member, 64)
            if items and self.breaks:
                self.breaks = False
                self._served.abort()
            return {"items": items, "revoked": [], "lost": [], "assigned": []}

        @app.post(members + "/{member}/settlements", status_code=204)
        async def settle(member: str, body: dict[str, list[str]]):
            if member not in self.members:
                return Response(status_code=404)
            for receipt in body["deliveries"]:
                self.settled.put_nowait(receipt)
            if not self.settles:
                await asyncio.Event().wait()
            self.kept = [each for each in self.kept if each.receipt not in body["deliveries"]]
            return None

        @app.delete(members + "/{member}", status_code=204)
        async def leave(member: str) -> None:
            await self._leave(member)

        return app
