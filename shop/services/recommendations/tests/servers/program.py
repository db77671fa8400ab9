"""The service as a process of its own."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

READY = "ready-6f1c"
LIMIT = 60  # seconds after which a test has failed


@dataclass
class Program:
    """A process that was started, with its output in text."""

    process: asyncio.subprocess.Process

    async def line(self) -> str:
        """Returns the next line of standard output."""
        return (await asyncio.wait_for(self.process.stdout.readline(), LIMIT)).decode().strip()

    async def log_line(self, text: str) -> str:
        """Returns the next line of standard error that has a text in it."""
        async with asyncio.timeout(LIMIT):
            while line := (await self.process.stderr.readline()).decode():
                if text in line:
                    return line
        raise AssertionError(f"the program ended without a line with {text}")

    async def exit_code(self) -> int:
        return await asyncio.wait_for(self.process.wait(), LIMIT)

    async def ended(self) -> tuple[int, str]:
        """Returns the exit code, and the rest of standard error."""
        _, log = await asyncio.wait_for(self.process.communicate(), LIMIT)
        return self.process.returncode, log.decode()

    def terminate(self) -> None:
        self.process.terminate()


@asynccontextmanager
async def started(environment: Mapping[str, str]) -> AsyncIterator[Program]:
    """Starts the service, and kills it in the end if it still runs."""
    inherited = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "recommendations",
        env={**inherited, "READY_LINE": READY, **environment},
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
    )
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()
