"""Lines of the log, for which tests wait."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator


class LogLines(logging.Handler):
    """Keeps the lines that have a text in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.lines: list[str] = []
        self._found = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if self._text in record.getMessage():
            self.lines.append(record.getMessage())
            self._found.set()

    async def first(self) -> str:
        async with asyncio.timeout(60):
            await self._found.wait()
        return self.lines[0]


@contextlib.contextmanager
def lines_with(text: str) -> Iterator[LogLines]:
    """Watches the log for lines that have a text in them."""
    lines, logger = LogLines(text), logging.getLogger("recommendations")
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        logger.removeHandler(lines)
