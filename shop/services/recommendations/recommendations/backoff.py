"""The pauses between attempts at something that failed."""

import asyncio
import random


class Backoff:
    """Pauses that double with each failure up to a limit. They vary at random, so that clients come back one by one."""

    def __init__(self, first: float = 0.1, longest: float = 5.0) -> None:
        self._first, self._longest = first, longest
        self._next = first

    async def pause(self) -> None:
        """Waits before the next attempt."""
        pause, self._next = self._next, min(2 * self._next, self._longest)
        await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311

    def reset(self) -> None:
        """Begins with the shortest pause again, after a success."""
        self._next = self._first
