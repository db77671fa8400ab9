"""Faults of the configuration, which no restart mends."""


class ConfigurationError(Exception):
    """Why the service cannot start: one line for each fault, which names the setting and what is allowed."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
