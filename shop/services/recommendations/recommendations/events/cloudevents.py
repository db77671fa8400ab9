"""Reads CloudEvents 1.0 (https://github.com/cloudevents/spec).

In binary mode, the attributes are header fields and the body is the data. In structured mode, the body has both.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from recommendations.events.event import LARGEST, LONGEST_ID, Event, UnreadableEvent

CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
REQUIRED = ("specversion", "id", "source", "type")
STRUCTURED = "application/cloudevents"


class NotAnEvent(Exception):
    """Why a message is not an event."""


def read_message(
    attributes: Mapping[str, str], content_type: str, body: bytes | None, fallback_id: str
) -> Event | UnreadableEvent:
    """Reads a message of a broker, whose body is the data, or the whole event in structured mode."""
    body = body or b""
    try:
        if len(body) > LARGEST:
            raise NotAnEvent(f"The message has {len(body)} bytes, and at most {LARGEST} are allowed.")
        if content_type.lower().startswith(STRUCTURED):
            return event_of(_json(body))
        return event_of({**attributes, "data": _json(body)} if attributes else {})
    except NotAnEvent as error:
        text = body[:LARGEST].decode(errors="backslashreplace")
        return UnreadableEvent(fallback_id, attributes.get("type", ""), str(error), text)


def read_structured(value: Any, fallback_id: str) -> Event | UnreadableEvent:
    """Reads an event that was received as JSON."""
    try:
        return event_of(value)
    except NotAnEvent as error:
        topic = value.get("type") if isinstance(value, dict) else None
        return UnreadableEvent(fallback_id, str(topic or ""), str(error), json.dumps(value))


def event_of(value: Any) -> Event:
    """Returns the event in a JSON object. Raises `NotAnEvent`."""
    if not isinstance(value, dict):
        raise NotAnEvent("The message is not a JSON object.")
    if missing := [name for name in REQUIRED if name not in value]:
        raise NotAnEvent(f"The message lacks the CloudEvents attributes {', '.join(missing)}.")
    if value["specversion"] != "1.0":
        raise NotAnEvent("The message is of another version of CloudEvents than 1.0.")
    for name in REQUIRED:
        if not _is_sound(value[name]):
            raise NotAnEvent(f"The CloudEvents attribute {name} must be a text of 1 to 255 visible characters.")
    return Event(value["id"], value["type"], _version(value), _traceparent(value), value.get("data"))


def _is_sound(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_ID and not CONTROL.search(value)


def _version(value: Mapping[str, Any]) -> int:
    """Returns the version that `dataschema` names, such as `urn:events:orders.ended:2`; 1 if it names none."""
    schema = value.get("dataschema")
    if not isinstance(schema, str) or not schema.startswith("urn:events:"):
        return 1
    match = re.fullmatch(r"urn:events:(.+):([1-9][0-9]{0,8})", schema, re.ASCII)
    if match is None or match[1] != value["type"]:
        raise NotAnEvent(f"The CloudEvents attribute dataschema must be urn:events:{value['type']}:<version>.")
    return int(match[2])


def _traceparent(value: Mapping[str, Any]) -> str | None:
    traceparent = value.get("traceparent")
    return traceparent if isinstance(traceparent, str) else None


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnEvent(f"The message is not JSON: {error}.") from error
