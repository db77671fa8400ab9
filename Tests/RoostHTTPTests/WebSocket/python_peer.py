"""A WebSocket peer on PyPI's websockets, in either role. Prints what it saw, one line each; fails where something is not as it should be."""
import asyncio
import sys

import websockets
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

LONG = "the quick brown fox " * 20_000


async def client(port: str, compression: str | None) -> None:
    async with connect(f"ws://127.0.0.1:{port}/", subprotocols=["other", "roost"], compression=compression) as socket:
        assert socket.subprotocol == "roost", socket.subprotocol
        for message in ["Hello", "", b"\x00\xff", LONG, b"x" * 70_000, "κόσμε"]:
            await socket.send(message)
            assert await socket.recv() == message
        await socket.send(["in ", "parts ", "κό", "σμε"])
        assert await socket.recv() == "in parts κόσμε"
        await (await socket.ping())
        await socket.send("close 4321 because")
        try:
            await socket.recv()
        except websockets.ConnectionClosed as closed:
            print(closed.rcvd.code, closed.rcvd.reason)


async def server(compression: str | None) -> None:
    done = asyncio.Event()

    async def answer(socket) -> None:
        try:
            async for message in socket:
                if message == "ping":
                    await (await socket.ping())
                    await socket.send("pong came")
                elif message == "parts":
                    await socket.send(["in ", "parts ", "κό", "σμε"])
                else:
                    await socket.send(message)
        except websockets.ConnectionClosedError:
            pass
        print(socket.close_code, socket.close_reason, flush=True)
        done.set()

    async with serve(answer, "127.0.0.1", 0, subprotocols=["roost"], compression=compression) as listening:
        print(listening.sockets[0].getsockname()[1], flush=True)
        await asyncio.wait_for(done.wait(), 30)


role, compression = sys.argv[1], None if sys.argv[2] == "none" else sys.argv[2]
asyncio.run(asyncio.wait_for(client(sys.argv[3], compression) if role == "client" else server(compression), 50))
