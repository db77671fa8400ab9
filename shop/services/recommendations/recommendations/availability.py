"""Whether something that the service relies on can be used."""

import logging

logger = logging.getLogger(__name__)


class Availability:
    """Logs one line when something fails, and one when it works again, however often it is tried in between."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._is_down = False

    def failed(self, error: Exception) -> None:
        """Notes a failure."""
        if not self._is_down:
            logger.warning("%s cannot be used, and is tried again until it can: %s", self._name, error)
        self._is_down = True

    def worked(self) -> None:
        """Notes a success."""
        if self._is_down:
            logger.info("%s can be used again", self._name)
        self._is_down = False
