"""Events on Kafka, as `RoostKafka` describes them."""
import confluent_kafka

from chaos.wire import PREFIX, RECORDER, Message

HEADER = "ce_"
PAUSE = 0.2  # seconds without a record after which what was read is committed
REFRESH = 1000  # milliseconds after which a topic that is new is found
FAILURES = (confluent_kafka.KafkaException, BufferError)


def servers(url):
    return url.removeprefix("kafka://")


def place_of(topic, _):
    return f"{PREFIX}.{topic.partition('.')[0]}"


def group(name):
    return f"{PREFIX}.{name}"


def consume(url, record, ready):
    """Records whatever is published, for ever. Calls `ready` when it begins: it reads every topic from its start."""
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": servers(url), "group.id": group(RECORDER), "enable.auto.commit": False, "auto.offset.reset": "earliest",
        "topic.metadata.refresh.interval.ms": REFRESH, "reconnect.backoff.max.ms": 1000,
    })
    consumer.subscribe([rf"^{PREFIX}\..*"])
    ready()
    open_ = False  # whether something was recorded that is not committed
    while True:
        found = consumer.poll(PAUSE)
        if found is not None and found.error():
            print(f"recorder: {found.error()}", flush=True)
        elif found is not None:
            record(read(found))
            open_ = True
        elif open_:
            open_ = not _commit(consumer)


def _commit(consumer):
    """Commits what was read. Returns whether nothing is left to commit: otherwise, it has to be tried again."""
    try:
        consumer.commit(asynchronous=False)
    except confluent_kafka.KafkaException as error:
        print(f"recorder: {error}", flush=True)
        # Nothing to commit: the partitions have gone to nobody, and are read again.
        return error.args[0].code() == confluent_kafka.KafkaError._NO_OFFSET
    return True


def read(record):
    """The message of a record."""
    fields = {name: value.decode(errors="replace") for name, value in record.headers() or () if value is not None}
    attributes = {name.removeprefix(HEADER): value for name, value in fields.items() if name.startswith(HEADER)}
    if record.key():
        attributes.setdefault("partitionkey", record.key().decode(errors="replace"))
    name = f"{record.topic()}-{record.partition()}-{record.offset()}"
    return Message(record.topic(), f"{record.topic()}.{record.partition()}", name, attributes, record.value() or b"")


def publish(url, messages, limit):
    """Publishes messages in order, and returns once the cluster has them. `limit` is in seconds."""
    faults = []
    producer = confluent_kafka.Producer({
        "bootstrap.servers": servers(url), "partitioner": "murmur2_random", "enable.idempotence": True, "message.timeout.ms": int(limit * 1000),
    })
    for message in messages:
        headers = [(HEADER + name, value) for name, value in message.attributes.items()]
        headers += [("content-type", "application/json")] if message.is_event else []
        producer.produce(
            message.place, message.body, key=message.key if message.is_event else None, headers=headers,
            on_delivery=lambda error, _: faults.append(str(error)) if error else None)
    left = producer.flush(limit)
    if left or faults:
        raise OSError(f"{left} records were not taken by Kafka: {faults}")
