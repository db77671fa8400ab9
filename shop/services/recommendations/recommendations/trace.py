"""The position of a call in its trace (https://www.w3.org/TR/trace-context/)."""

import re
import secrets
from dataclasses import dataclass

FIELD = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


@dataclass(frozen=True)
class TraceContext:
    """A span of a trace."""

    trace_id: str
    span_id: str
    is_sampled: bool = True

    @property
    def traceparent(self) -> str:
        """The value of the header field `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.is_sampled else '00'}"

    def child(self) -> "TraceContext":
        """Returns a new span of the same trace."""
        return TraceContext(self.trace_id, _digits(8), self.is_sampled)


def continued(traceparent: str | None) -> TraceContext:
    """Returns a new span of the trace that a `traceparent` names, or of a new trace if it names none."""
    match = FIELD.fullmatch(traceparent or "")
    if match is None or not _is_valid(match):
        return TraceContext(_digits(16), _digits(8))
    return TraceContext(match["trace"], match["span"], int(match["flags"], 16) & 1 == 1).child()


def _is_valid(match: re.Match[str]) -> bool:
    is_version = match["version"] != "ff" and (match["version"] != "00" or not match["more"])
    return is_version and match["trace"].strip("0") != "" and match["span"].strip("0") != ""


def _digits(count: int) -> str:
    """Returns a random number of so many bytes, other than zero, in hexadecimal digits."""
    return f"{secrets.randbelow(256**count - 1) + 1:0{2 * count}x}"
