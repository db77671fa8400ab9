"""Watches an order to its end by WebSocket or by Server-Sent Events, as a client of no make of ours. Prints each status as it comes."""
import asyncio
import http.client
import json
import sys
import time

from websockets.asyncio.client import connect


async def by_socket(port: str, order: str, token: str) -> None:
    url = f"ws://127.0.0.1:{port}/orders/{order}/live"
    async with connect(url, subprotocols=["roost", f"bearer.{token}"], open_timeout=60) as socket:
        assert socket.subprotocol == "roost"
        async for message in socket:
            print(json.loads(message)["status"], flush=True)
    print(socket.close_code, flush=True)


def by_events(port: str, order: str, token: str) -> None:
    """Comes again whenever the stream breaks off, with the id of the last event, as the standard has it."""
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
            connection.request("GET", f"/orders/{order}/live", headers=headers)
            response = connection.getresponse()
            event: dict[str, str] = {}
            while response.status == 200 and (line := response.readline()):
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name.rstrip(":")] = value
                    continue
                if event.get("event") == "end":
                    print("end", flush=True)
                    return
                if "id" in event:
                    print(json.loads(event["data"])["status"], flush=True)
                    headers["last-event-id"] = event["id"]
                event = {}
        except (OSError, http.client.HTTPException):
            pass
        print("again", flush=True)
        time.sleep(0.1)


way, *where = sys.argv[1:]
if way == "socket":
    asyncio.run(asyncio.wait_for(by_socket(*where), 60))
else:
    by_events(*where)
