"""What travels with a call: its identifier, its trace and its deadline."""

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from recommendations.trace import TraceContext, continued

REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
LONGEST = 60.0  # seconds that a call may take, whatever its caller says


@dataclass(frozen=True)
class CallContext:
    """The context of a call, or of the handling of an event."""

    request_id: str
    trace: TraceContext
    operation: str
    deadline: float | None = None

    @property
    def metadata(self) -> dict[str, str]:
        """What each line of the log has during the call."""
        return {"request-id": self.request_id, "trace-id": self.trace.trace_id, "operation": self.operation}

    def seconds_left(self, limit: float) -> float:
        """Returns the seconds until the deadline, at most the limit and never less than nothing."""
        return limit if self.deadline is None else max(0.0, min(limit, self.deadline - time.monotonic()))


_current: ContextVar[CallContext | None] = ContextVar("context", default=None)


def current_context() -> CallContext | None:
    """Returns the context of the current call, or `None` outside a call."""
    return _current.get()


@contextmanager
def running(context: CallContext) -> Iterator[CallContext]:
    """Makes a context the current one."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def context_of_request(headers: Mapping[str, str], operation: str) -> CallContext:
    """Returns the context that the header fields of a request carry."""
    given = headers.get("x-request-id", "")
    milliseconds = headers.get("x-request-timeout-ms", "")
    deadline = (
        time.monotonic() + min(int(milliseconds) / 1000, LONGEST) if re.fullmatch(r"[0-9]{1,9}", milliseconds) else None
    )
    request_id = given if REQUEST_ID.fullmatch(given) else new_request_id()
    return CallContext(request_id, continued(headers.get("traceparent")), operation, deadline)


def context_of_event(traceparent: str | None, operation: str) -> CallContext:
    """Returns a context that continues the trace of an event."""
    return CallContext(new_request_id(), continued(traceparent), operation)


def new_request_id() -> str:
    """Returns an identifier that no other request has."""
    return secrets.token_hex(12)
