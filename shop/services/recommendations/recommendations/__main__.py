"""Starts the service."""

import asyncio
import logging
import os
import sys

from recommendations.configuration import ConfigurationError
from recommendations.log import start_log
from recommendations.program import run
from recommendations.redaction import SecretFilter
from recommendations.settings import SERVICE, read_settings

CONFIGURATION = 78  # EX_CONFIG of sysexits.h: restarting would not help


def main() -> int:
    """Runs the service, and returns its exit code."""
    secrets = SecretFilter(os.environ)
    start_log(os.environ, secrets)
    try:
        asyncio.run(run(read_settings(os.environ)))
        return 0
    except ConfigurationError as error:
        for fault in error.faults:
            print(f"{SERVICE}: {secrets.hidden(fault)}", file=sys.stderr)
        return CONFIGURATION
    except Exception:
        logging.getLogger(__name__).critical("the service has failed", exc_info=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
