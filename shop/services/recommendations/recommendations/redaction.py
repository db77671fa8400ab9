"""Hides secrets in texts that people see: errors, log lines and dead letters' reasons."""

import re
from collections.abc import Mapping
from urllib.parse import unquote

MARK = "***"
SHORTEST = 8  # Hiding shorter values would hide parts of ordinary words.
NAMES = re.compile(r"(^|_)(KEY|PASS|PWD|AUTH)($|_)|SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL")
USER_INFO = re.compile(r"://[^\s\"'<>]*@")
PARAMETER = re.compile(r"([?&]\w*pass(?:word|wd)?=)[^&\s]*", re.IGNORECASE)
PASSWORD = re.compile(r"://[^\s:/@]*:(.*)@")


class SecretFilter:
    """Replaces the secrets among the settings, and the credentials in URLs."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        found = {secret for name, value in environment.items() for secret in _secrets(name, value)}
        self._secrets = sorted((secret for secret in found if len(secret) >= SHORTEST), key=len, reverse=True)

    def hidden(self, text: str) -> str:
        """Returns a text without secrets."""
        text = PARAMETER.sub(rf"\g<1>{MARK}", USER_INFO.sub(f"://{MARK}@", text))
        for secret in self._secrets:
            text = text.replace(secret, MARK)
        return text


def _secrets(name: str, value: str) -> list[str]:
    """Returns what is secret in a setting: all of it, or the password of a URL as it is written and as it is sent."""
    if NAMES.search(name.upper()):
        return [value]
    match = PASSWORD.search(value)
    return [match[1], unquote(match[1])] if match else []
