"""Applications that are served within the test's process."""

import asyncio

from starlette.types import ASGIApp

from recommendations.server import Server, bound_socket


class Served:
    """An application on a port of its own. It can be stopped, and started again on the same port."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app, self.port = app, port
        self._server: Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        listening = asyncio.Event()
        self._server = Server(self._app, listening.set)
        self._serving = asyncio.create_task(self._server.serve([bound_socket("127.0.0.1", self.port)]))
        await listening.wait()

    async def stop(self) -> None:
        """Stops like a killed process: connections break, and requests under way get no answer."""
        self._server.force_exit = self._server.should_exit = True
        self.abort()
        await self._serving

    def abort(self) -> None:
        """Breaks all connections."""
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
