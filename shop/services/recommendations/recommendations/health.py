"""Whether the service is alive, and whether it is ready for requests, for the probes of Kubernetes."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from recommendations.problems import Problem


class Health:
    """The state of the service."""

    def __init__(self) -> None:
        self.is_ready = False

    def router(self) -> APIRouter:
        """Returns `/health/live` and `/health/ready`."""
        router = APIRouter(prefix="/health", include_in_schema=False)
        router.add_api_route("/live", self._live, response_class=PlainTextResponse)
        router.add_api_route("/ready", self._ready, response_class=PlainTextResponse)
        return router

    async def _live(self) -> str:
        return "live"

    async def _ready(self) -> str:
        if not self.is_ready:
            raise Problem.unavailable("Not ready.")
        return "ready"
