"""The log: lines on standard error in the format of the system's other services."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from recommendations.context import current_context
from recommendations.redaction import SecretFilter

TRACE, NOTICE = 5, 25
LEVELS = {
    "trace": TRACE, "debug": logging.DEBUG, "info": logging.INFO, "notice": NOTICE, "warning": logging.WARNING,
    "error": logging.ERROR, "critical": logging.CRITICAL,
}  # fmt: skip
FORMATS = ("text", "json")
NAMES = {number: name for name, number in LEVELS.items()}
# They describe each attempt to connect. The service reports changes of state itself.
TALKATIVE = ("aio_pika", "aiormq", "httpcore", "httpx", "librdkafka", "psycopg", "uvicorn")


def start_log(environment: Mapping[str, str], secrets: SecretFilter) -> None:
    """Sends the log of all libraries to standard error."""
    style = JSONFormatter if environment.get("LOG_FORMAT") == "json" else TextFormatter
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(style(secrets))
    level = LEVELS.get(environment.get("LOG_LEVEL") or "info", logging.INFO)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(level if level <= logging.DEBUG else logging.CRITICAL + 1)


class _Formatter(logging.Formatter):
    """What both formats have in common."""

    def __init__(self, secrets: SecretFilter) -> None:
        super().__init__()
        self._secrets = secrets

    def _parts(self, record: logging.LogRecord) -> tuple[str, str, dict[str, str]]:
        """Returns the level, the message, and the metadata of the line and of the call during which it is logged."""
        metadata = {"service": "recommendations"}
        if context := current_context():
            metadata |= context.metadata
        metadata |= getattr(record, "metadata", {})
        if record.exc_info:
            metadata["error"] = self.formatException(record.exc_info)
        return NAMES.get(record.levelno, record.levelname.lower()), record.getMessage(), metadata


class TextFormatter(_Formatter):
    """A line for a person: the time, the level, the metadata and the message."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line."""
        level, message, metadata = self._parts(record)
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%Y-%m-%dT%H:%M:%S%z")
        shown = " ".join(f"{name}={value}" for name, value in sorted(metadata.items()))
        return self._secrets.hidden(f"{time} {level} recommendations: {shown} [{record.name}] {message}")


class JSONFormatter(_Formatter):
    """A line for a program: a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line."""
        level, message, metadata = self._parts(record)
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        hidden = {name: self._secrets.hidden(str(value)) for name, value in metadata.items()}
        line = {
            "time": time,
            "level": level,
            "logger": record.name,
            "message": self._secrets.hidden(message),
            "metadata": hidden,
        }
        return json.dumps(line, ensure_ascii=False)
