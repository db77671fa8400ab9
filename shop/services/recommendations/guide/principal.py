"""Verifies which account a request is from, by what the system's gateway has signed."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

LONGEST = 60  # seconds that a signed principal is valid


def account_of(headers: Mapping[str, str], service_key: str, audience: str) -> dict[str, Any] | None:
    """Returns the claims about the account that calls; `None` if it is unknown, or what is said of it is not valid."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    parts = headers.get("x-principal", "").split(".")
    if scheme.lower() != "bearer" or len(parts) != 3:
        return None
    signature = hmac.digest(_principal_key(service_key), f"{parts[0]}.{parts[1]}".encode(), "sha256")
    if not hmac.compare_digest(_encode(signature).encode(), parts[2].encode()):
        return None
    header, claims = json.loads(_decode(parts[0])), json.loads(_decode(parts[1]))
    now, aud = time.time(), claims["aud"]
    is_valid = (
        header["typ"] == "principal+jwt"
        and header["alg"] == "HS256"
        and aud in (audience, [audience])
        and now < claims["exp"] <= claims["iat"] + LONGEST
        and claims["ath"] == _encode(hashlib.sha256(token.encode()).digest())
    )
    return claims if is_valid else None


def _principal_key(service_key: str) -> bytes:
    """Derives the key from `SERVICE_KEY`, by HKDF with SHA-256 (RFC 5869)."""
    pseudorandom = hmac.digest(bytes(32), service_key.encode(), "sha256")
    return hmac.digest(pseudorandom, b"roost principal\x01", "sha256")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
