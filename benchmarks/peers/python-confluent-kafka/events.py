"""usage: events.py publish|consume SERVER EVENTS ORDER-FILE
Publishes events, which all brokers must have; or reads those that are there as a member of a group, from the first to the last, and commits what was
read. Prints how many events were, in how many seconds, and the processor time."""
import datetime
import pathlib
import sys
import time

from confluent_kafka import Consumer, KafkaException, Producer

TOPIC, BATCH = "roost.orders", 500


def headers(event):
    now = datetime.datetime.now(datetime.UTC)
    return [
        ("content-type", "application/json"), ("ce_specversion", "1.0"), ("ce_id", event), ("ce_source", "bench"), ("ce_type", "orders.placed"),
        ("ce_time", now.isoformat(timespec="milliseconds")), ("ce_dataschema", "urn:events:orders.placed:1"), ("ce_partitionkey", event),
    ]


def check(error, _):
    if error:
        raise KafkaException(error)


def publish(server, events, data):
    producer = Producer({
        "bootstrap.servers": server, "acks": "all", "enable.idempotence": True, "partitioner": "murmur2_random", "delivery.report.only.error": True,
    })
    producer.list_topics(TOPIC, timeout=10)
    used, began = time.process_time(), time.monotonic()
    for number in range(events):
        event = f"{number:036}"
        while True:
            try:
                producer.produce(TOPIC, data, event, on_delivery=check, headers=headers(event))
                break
            except BufferError:
                producer.poll(0.01)
    while producer.flush(10):
        pass
    print(events, time.monotonic() - began, time.process_time() - used)


def consume(server, events, _):
    consumer = Consumer({"bootstrap.servers": server, "group.id": "handler", "auto.offset.reset": "earliest", "enable.auto.commit": False})
    consumer.subscribe([TOPIC])
    count = used = began = 0
    while count < events:
        messages = consumer.consume(BATCH, timeout=1)
        if messages and not count:
            used, began = time.process_time(), time.monotonic()
        for message in messages:
            check(message.error(), message)
            assert dict(message.headers())["ce_id"] and message.value()
        if messages:
            count += len(messages)
            consumer.commit(asynchronous=True)
    print(events, time.monotonic() - began, time.process_time() - used)
    consumer.close()


work, server, events, order = sys.argv[1:]
{"publish": publish, "consume": consume}[work](server, int(events), pathlib.Path(order).read_bytes())
