"""What happens around each request."""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommendations.context import context_of_request, running

logger = logging.getLogger(__name__)
OPERATION = "recommendations.recommendations"  # the name of the contract and of its function


class ContextMiddleware:
    """Gives each request its context and its line in the log, and each response the request's identifier."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.monotonic(), 500
        with running(context_of_request(Headers(scope=scope), OPERATION)) as context:

            async def answer(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    MutableHeaders(scope=message)["x-request-id"] = context.request_id
                await send(message)

            try:
                await self._app(scope, receive, answer)
            finally:
                _note(scope, status, time.monotonic() - start)


def _note(scope: Scope, status: int, seconds: float) -> None:
    level = logging.INFO if status >= 400 else logging.DEBUG
    metadata = {"status": str(status), "duration-ms": f"{seconds * 1000:.3f}"}
    logger.log(
        level,
        "%s %s %d",
        scope["method"],
        getattr(scope.get("route"), "path", scope["path"]),
        status,
        extra={"metadata": metadata},
    )
