"""The parts that need no server."""

import json
import logging
import sys
from datetime import datetime

import pytest

from recommendations.configuration import ConfigurationError
from recommendations.context import context_of_request, running
from recommendations.events.cloudevents import read_message, read_structured
from recommendations.events.event import LARGEST, Event, UnreadableEvent
from recommendations.events.kafka import connection
from recommendations.events.rabbitmq import _node
from recommendations.events.url import EventsURL
from recommendations.identifiers import is_identifier
from recommendations.log import JSONFormatter, TextFormatter
from recommendations.redaction import SecretFilter
from recommendations.settings import read_settings
from recommendations.trace import continued
from tests.events import TRACE, ended

VALID = {"SERVICE_KEY": "the-key-of-the-system", "ADDRESSES": "catalog=127.0.0.1:1,events=127.0.0.1:2", "PORT": "8080"}
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


def reason(event: Event | UnreadableEvent) -> str:
    assert isinstance(event, UnreadableEvent)
    return event.reason


def test_a_trace_is_continued_with_a_new_span() -> None:
    span = continued(TRACEPARENT)
    assert span.trace_id == TRACE
    assert span.span_id != "00f067aa0ba902b7"
    assert span.traceparent == f"00-{TRACE}-{span.span_id}-01"


WRONG_TRACEPARENTS = (
    None,
    "",
    "00",
    TRACEPARENT.upper(),
    TRACEPARENT + "-more",
    f"ff-{TRACE}-00f067aa0ba902b7-01",
    f"00-{'0' * 32}-00f067aa0ba902b7-01",
    f"00-{TRACE}-{'0' * 16}-01",
)


@pytest.mark.parametrize("traceparent", WRONG_TRACEPARENTS)
def test_a_trace_that_is_not_valid_begins_anew(traceparent: str | None) -> None:
    assert continued(traceparent).trace_id != TRACE


def test_a_trace_that_is_not_sampled_stays_so() -> None:
    assert continued(f"00-{TRACE}-00f067aa0ba902b7-00").traceparent.endswith("-00")


def test_a_context_has_the_deadline_of_its_caller() -> None:
    assert context_of_request({"x-request-timeout-ms": "500"}, "x").seconds_left(2) <= 0.5
    assert context_of_request({"x-request-timeout-ms": "soon"}, "x").seconds_left(2) == 2
    assert context_of_request({"x-request-timeout-ms": "0"}, "x").seconds_left(2) == 0


def test_a_request_identifier_that_is_not_allowed_is_replaced() -> None:
    assert context_of_request({"x-request-id": "abc"}, "x").request_id == "abc"
    for wrong in ("", "a b", "a" * 129, "ä"):
        assert context_of_request({"x-request-id": wrong}, "x").request_id != wrong


def test_an_event_in_structured_mode_is_read() -> None:
    sent = ended("a", "b")
    event = read_structured(sent, "fallback")
    assert event == Event(sent["id"], "orders.ended", 1, TRACEPARENT, sent["data"])


def test_an_event_of_a_broker_in_structured_mode_is_read() -> None:
    sent = ended("a", "b")
    event = read_message({}, "application/cloudevents+json; charset=utf-8", json.dumps(sent).encode(), "fallback")
    assert event.id == sent["id"]


def test_the_version_is_that_of_the_schema() -> None:
    assert read_structured(ended(dataschema="urn:events:orders.ended:12"), "f").version == 12
    assert read_structured(ended(dataschema="https://example.com/schema"), "f").version == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"specversion": "0.3"}, "another version of CloudEvents"),
        ({"id": ""}, "attribute id must be"),
        ({"id": "a\0b"}, "attribute id must be"),
        ({"id": "\ud800"}, "attribute id must be"),
        ({"source": 5}, "attribute source must be"),
        ({"type": "x" * 256}, "attribute type must be"),
        ({"dataschema": "urn:events:orders.ended:0"}, "dataschema must be urn:events:orders.ended:<version>"),
        ({"dataschema": "urn:events:other:1"}, "dataschema must be urn:events:orders.ended:<version>"),
    ],
)
def test_an_event_with_a_wrong_attribute_is_not_one(change: dict[str, str], words: str) -> None:
    assert words in reason(read_structured(ended() | change, "fallback"))


def test_a_message_that_is_not_an_event_has_a_reason() -> None:
    attributes = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"}
    assert "lacks the CloudEvents attributes specversion, id, source, type" in reason(read_message({}, "", b"{}", "f"))
    assert "not JSON" in reason(read_message(attributes, "application/json", b"{", "f"))
    assert "not JSON" in reason(read_message(attributes, "application/json", b"[" * 100_000, "f"))
    assert "not JSON" in reason(read_message(attributes, "application/json", None, "f"))
    assert f"at most {LARGEST}" in reason(read_message(attributes, "application/json", b" " * (LARGEST + 1), "f"))
    assert "not a JSON object" in reason(read_structured([], "f"))


def test_a_message_that_is_not_an_event_is_kept_with_what_is_known_of_it() -> None:
    event = read_message({"type": "orders.ended"}, "", b"\xff\x00", "orders-0-7")
    assert (event.id, event.topic, event.text) == ("orders-0-7", "orders.ended", "\\xff\x00")


@pytest.mark.parametrize("text", ["a", "TEA-001", "čaj", "a/b", "a b", "x" * 255])
def test_an_identifier_is_accepted(text: str) -> None:
    assert is_identifier(text)


@pytest.mark.parametrize("text", ["", " a", "a ", ".", "..", "a\0", "a\n", "\u200b", "e\u0301", "x" * 256])
def test_what_is_no_identifier_is_refused(text: str) -> None:
    assert not is_identifier(text)


def test_the_settings_have_defaults() -> None:
    settings = read_settings(VALID)
    assert (settings.host, settings.port, settings.bus.scheme) == ("127.0.0.1", 8080, "http")
    assert (settings.bus.prefix, str(settings.storage.path)) == ("roost", ".roost/recommendations.db")
    assert not settings.lifeline


def test_the_service_has_a_database_of_its_own() -> None:
    shared = VALID | {"DATABASE_URL": "postgres://u:p@db/{service}?connections=5&sslmode=require"}
    assert (
        read_settings(shared).storage.postgres == "postgres://u:p@db/recommendations?connect_timeout=5&sslmode=require"
    )
    own = shared | {"RECOMMENDATIONS_DATABASE_URL": "sqlite:/data/own.db"}
    assert str(read_settings(own).storage.path) == "/data/own.db"


def test_the_event_bus_is_the_service_events_unless_a_broker_is_named() -> None:
    for text in ("", "sqlite:/data/events.db"):
        bus = read_settings(VALID | {"EVENTS_URL": text}).bus
        assert (bus.scheme, bus.servers) == ("http", ("127.0.0.1:2",))


def test_a_url_of_rabbitmq_names_the_nodes_of_a_cluster() -> None:
    bus = EventsURL.read("amqp://u:p%2Fq@a:5672,[::1]/shop?prefix=shop&heartbeat=5", {})
    assert (bus.scheme, bus.servers, bus.prefix) == ("amqp", ("a:5672", "[::1]"), "shop")
    assert _node(bus, "a:5672") == "amqp://u:p%2Fq@a:5672/shop?heartbeat=5"


def test_a_url_of_kafka_has_a_user_only_with_tls() -> None:
    plain = connection(EventsURL.read("kafka://a:1,b:2?partitions=8", {}))
    assert plain == {"bootstrap.servers": "a:1,b:2", "security.protocol": "PLAINTEXT"}
    secured = connection(EventsURL.read("kafka+ssl://shop:a%40b@a:1?ca=/dev/null", {}))
    assert (secured["security.protocol"], secured["sasl.mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (secured["sasl.password"], secured["ssl.ca.location"]) == ("a@b", "/dev/null")
    with pytest.raises(ConfigurationError):
        EventsURL.read("kafka://shop:hidden@a:1", {})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"PORT": "0"}, "PORT=0 is wrong: it must be a port"),
        ({"ADDRESSES": "catalog"}, "ADDRESSES=catalog is wrong: it must be a list"),
        ({"ADDRESSES": "events=127.0.0.1:2"}, "ADDRESSES must have the address of catalog"),
        ({"ADDRESSES": "catalog=127.0.0.1:2"}, "ADDRESSES must have the address of events"),
        ({"SERVICE_KEY": "short"}, "SERVICE_KEY must be given"),
        ({"SERVICE_KEY": ""}, "SERVICE_KEY must be given"),
        ({"LIFELINE": "perhaps"}, "LIFELINE=perhaps is wrong"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL=loud is wrong: it must be trace, debug"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT=xml is wrong: it must be text, json"),
        ({"EVENTS_URL": "nats://u:hidden@mq"}, "EVENTS_URL=nats://***@mq is wrong: it must be amqp:"),
        ({"EVENTS_URL": "amqp://u:hidden@mq:x"}, "EVENTS_URL=amqp://***@mq:x is wrong"),
        ({"EVENTS_URL": "kafka+ssl://u:hidden@a:1?prefix=NO"}, "EVENTS_URL=kafka+ssl://***@a:1?prefix=NO is"),
        ({"EVENTS_URL": "amqp://mq?ca=/x"}, "EVENTS_URL=amqp://mq?ca=/x is wrong"),
        ({"EVENTS_URL": "amqp://mq?unknown=1"}, "is wrong"),
        ({"EVENTS_URL": "amqps://u:hidden@mq?ca=/nowhere"}, "ca must be a file that can be read"),
        (
            {"DATABASE_URL": "mysql://u:hidden@db/x"},
            "DATABASE_URL=mysql://***@db/x is wrong: it must be sqlite:PATH or",
        ),
        (
            {"RECOMMENDATIONS_DATABASE_URL": "postgres://u:hidden@db"},
            "RECOMMENDATIONS_DATABASE_URL=postgres://***@db is",
        ),
    ],
)
def test_a_wrong_setting_is_refused_without_its_secrets(change: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_settings(VALID | change)
    assert words in str(raised.value)
    assert "hidden" not in str(raised.value)


def test_all_wrong_settings_are_told_together() -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_settings({"PORT": "x", "EVENTS_URL": "x:y"})
    assert len(raised.value.faults) == 4


def test_settings_do_not_show_their_secrets() -> None:
    settings = read_settings(VALID | {"EVENTS_URL": "amqp://u:hidden@mq", "DATABASE_URL": "postgres://u:hidden@db/x"})
    for value in (settings, settings.bus, settings.storage):
        assert "hidden" not in repr(value)
        assert VALID["SERVICE_KEY"] not in repr(value)


SECRETS = SecretFilter({"SERVICE_KEY": "the-key-of-the-system", "EVENTS_URL": "amqp://user:pass%40word@mq/"})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key the-key-of-the-system.", "key ***."),
        ("at amqp://user:pass%40word@mq/", "at amqp://***@mq/"),
        ("login pass@word failed", "login *** failed"),
        ("postgres://db/x?password=abc&sslmode=require", "postgres://db/x?password=***&sslmode=require"),
        ("nothing secret", "nothing secret"),
    ],
)
def test_secrets_are_hidden(text: str, shown: str) -> None:
    assert SECRETS.hidden(text) == shown


def record(message: str, **metadata: str) -> logging.LogRecord:
    made = logging.LogRecord("x.y", logging.WARNING, "", 0, message, (), None)
    made.metadata = metadata
    return made


def test_a_line_of_text_has_the_call_and_no_secret() -> None:
    with running(context_of_request({"x-request-id": "r1", "traceparent": TRACEPARENT}, "op")):
        line = TextFormatter(SECRETS).format(record("the-key-of-the-system", status="500"))
    metadata = f"operation=op request-id=r1 service=recommendations status=500 trace-id={TRACE}"
    assert line.endswith(f" warning recommendations: {metadata} [x.y] ***")


def test_a_line_of_json_has_the_call_and_no_secret() -> None:
    with running(context_of_request({"x-request-id": "r1", "traceparent": TRACEPARENT}, "op")):
        line = json.loads(JSONFormatter(SECRETS).format(record("failed", detail="the-key-of-the-system")))
    assert datetime.fromisoformat(line.pop("time"))
    metadata = {"service": "recommendations", "request-id": "r1", "trace-id": TRACE, "operation": "op", "detail": "***"}
    assert line == {"level": "warning", "logger": "x.y", "message": "failed", "metadata": metadata}


def test_an_error_is_a_part_of_its_line() -> None:
    try:
        raise ValueError("the-key-of-the-system")
    except ValueError:
        made = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), sys.exc_info())
    line = json.loads(JSONFormatter(SECRETS).format(made))
    assert "ValueError: ***" in line["metadata"]["error"]


def test_an_events_url_without_a_broker_needs_the_events_service() -> None:
    with pytest.raises(ConfigurationError, match="must have the address of events"):
        EventsURL.read("", {})
