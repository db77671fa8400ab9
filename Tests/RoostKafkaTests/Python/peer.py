"""usage: peer.py read SERVERS TOPIC COUNT, or peer.py write SERVERS TOPIC TYPE

Reads and writes events on Kafka with the packages confluent-kafka and cloudevents. Reading prints a line of JSON for each event; writing writes an
event in binary mode and one in structured mode, of the keys "a" and "b".
"""
import json
import sys
import time

import confluent_kafka
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, from_kafka_event, to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

mode, servers, topic, argument = sys.argv[1:]

if mode == "read":
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": servers, "group.id": "python", "auto.offset.reset": "earliest", "session.timeout.ms": 6000})
    consumer.subscribe([topic])
    count, end = 0, time.monotonic() + 45
    while count < int(argument):
        record = consumer.poll(1)
        if record is None or record.error():
            if time.monotonic() > end:
                sys.exit(f"no event: {record and record.error()}")
            continue
        message = KafkaMessage(headers=dict(record.headers()), key=record.key(), value=record.value())
        event = from_binary(message, JSONFormat())
        assert from_kafka_event(message).get_id() == event.get_id()
        print(json.dumps({
            "id": event.get_id(), "type": event.get_type(), "source": event.get_source(), "key": event.get_extension("partitionkey"),
            "dataschema": event.get_dataschema(), "contentType": event.get_datacontenttype(), "data": event.get_data()}))
        count += 1
    consumer.close()
else:
    producer = confluent_kafka.Producer({"bootstrap.servers": servers, "acks": "all"})
    for number, (key, write) in enumerate([("a", to_binary), ("b", to_structured)]):
        attributes = {
            "id": f"python-{number}", "type": argument, "source": "python", "datacontenttype": "application/json", "partitionkey": key}
        message = write(CloudEvent(attributes, {"number": number}), JSONFormat())
        producer.produce(topic, key=message.key, value=message.value, headers=list(message.headers.items()))
    left = producer.flush(20)
    if left:
        sys.exit(f"{left} events were not acknowledged")
    print("written")
