"""Errors as the responses to requests: problem documents (RFC 9457), as the system's other services have them."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from recommendations.context import current_context

logger = logging.getLogger(__name__)


class Problem(Exception):
    """An error that is the response to a request."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        code: str | None = None,
        errors: Sequence[Mapping[str, str]] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.code, self.errors = HTTPStatus(status), detail, code, errors
        self.headers = {} if retry_after is None else {"retry-after": str(retry_after)}

    @staticmethod
    def unavailable(detail: str) -> "Problem":
        """Returns a problem with status 503, which says when to try again."""
        return Problem(503, detail, retry_after=1)

    @staticmethod
    def invalid(pointer: str, rule: str, message: str) -> "Problem":
        """Returns a problem with status 422, for one fault."""
        return Problem(
            422, "The request has one fault.", errors=[{"pointer": pointer, "rule": rule, "message": message}]
        )


def handle_problems(app: FastAPI) -> None:
    """Has an application answer every error with a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(Exception, _any_exception)


async def _problem(request: Request, problem: Problem) -> JSONResponse:
    return response(request.url.path, problem)


async def _http_exception(request: Request, error: HTTPException) -> JSONResponse:
    """Answers what the framework refuses, with its header fields, such as `Allow`."""
    problem = Problem(error.status_code, _DETAILS.get(error.status_code, ""))
    problem.headers |= error.headers or {}
    return response(request.url.path, problem)


async def _any_exception(request: Request, error: Exception) -> JSONResponse:
    """Answers without details, which are in the log."""
    logger.error("%s failed", request.url.path, exc_info=error)
    return response(request.url.path, Problem(500, ""))


def response(instance: str, problem: Problem) -> JSONResponse:
    """Returns the response with a problem's document."""
    context = current_context()
    title = _TITLES.get(problem.status, problem.status.phrase)
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": problem.status.value,
        "code": problem.code or title.lower().replace(" ", "_"),
        "detail": problem.detail or None,
        "instance": instance,
        "requestId": context.request_id if context else None,
        "errors": list(problem.errors) or None,
    }
    content = {name: value for name, value in document.items() if value is not None}
    headers = {"cache-control": "no-store", **problem.headers}
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


_TITLES = {
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
}
_DETAILS = {404: "There is nothing here.", 405: "The method is not allowed here."}
