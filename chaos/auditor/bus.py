"""What the groups of the event bus have still to do: the embedded log, RabbitMQ, or Kafka."""
import collections
import dataclasses
import subprocess

from chaos import kafka
from chaos.wire import PREFIX, RECORDER

PATIENCE = 25  # seconds for an answer of the broker


@dataclasses.dataclass
class Group:
    """A group of the shop. Its members and topics are None if the bus does not tell."""

    name: str
    left: int  # deliveries that are not settled
    members: bool | None = None
    topics: set | None = None


def bus(sources, folder=None, url=None):
    """The bus of a run: that of a URL, or the embedded log."""
    if url is None:
        return EmbeddedLog(sources)
    return RabbitMQ(sources, folder / "rabbitmq/control") if url.startswith("amqp:") else Kafka(sources, url)


class EmbeddedLog:
    """The log in a file of the shop."""

    # Events after the position of their lane. Each group reads all topics of the shop.
    UNREAD = (
        "SELECT count(*) AS n FROM roost_events AS event JOIN roost_event_lanes AS lane"
        " ON lane.lane = event.lane AND lane.position < event.position")

    def __init__(self, sources):
        self._sources = sources

    def left(self):
        """How many deliveries are not settled."""
        return self._sources.rows("events", self.UNREAD)[0]["n"]

    def groups(self, events):
        topics = collections.defaultdict(set)
        for row in self._sources.rows("events", "SELECT group_name, topics FROM roost_event_members"):
            topics[row["group_name"]].update(row["topics"].split("\n"))
        lanes = self._sources.rows("events", "SELECT group_name, lane, position FROM roost_event_lanes")
        unread = collections.Counter(
            lane["group_name"] for event in events for lane in lanes
            if event["lane"] == lane["lane"] and event["position"] > lane["position"] and event["topic"] in topics[lane["group_name"]]
            and event["audience"] in ("", lane["group_name"]))
        names = sorted({lane["group_name"] for lane in lanes})
        return [Group(name, unread[name], bool(topics[name]), topics[name]) for name in names]

    def disorder(self):
        """What was delivered out of order. The positions of the log say it all."""
        return []

    def copies(self):
        """How many deliveries of events were recorded that came again, or None if nobody has counted."""
        return None


class Broker:
    """A broker, of which a recorder has written down what was published."""

    def __init__(self, sources):
        self._sources = sources

    def disorder(self):
        return [row["reason"] for row in self._sources.rows("events", "SELECT reason FROM disorder")]

    def copies(self):
        return self._sources.rows("events", "SELECT coalesce(sum(copies), 0) AS n FROM roost_events")[0]["n"]


class RabbitMQ(Broker):
    """A RabbitMQ node, whose queues are asked.

    A reply of the protocol says nothing of what was delivered and not acknowledged, and `list_queues` is seconds late.
    """

    DEPTHS = (
        "lists:foreach(fun(Q) -> P = amqqueue:get_pid(Q), {ok, N, _} = ra:consistent_query(P, fun rabbit_fifo:query_messages_total/1),"
        " {ok, C, _} = ra:consistent_query(P, fun rabbit_fifo:query_consumer_count/1),"
        ' io:format("~s ~b ~b~n", [element(4, amqqueue:get_name(Q)), N, C]) end,'
        " [Q || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_quorum_queue]).")

    def __init__(self, sources, control):
        super().__init__(sources)
        self._control = control

    def left(self):
        return sum(count for count, _ in self._queues().values())

    def groups(self, _):
        queues, topics = self._queues(), self._topics()
        names = sorted({group_of(queue) for queue in queues} - {RECORDER})
        own = {name: {queue: state for queue, state in queues.items() if group_of(queue) == name} for name in names}
        return [
            Group(name, sum(count for count, _ in own[name].values()), all(members for _, members in own[name].values()),
                  set().union(*(topics[queue] for queue in own[name]))) for name in names]

    def _queues(self):
        """How many messages each queue has, ready or delivered, and how many consumers."""
        lines = self._run("eval", self.DEPTHS).splitlines()
        rows = [line.split() for line in lines if line.startswith(f"{PREFIX}.")]
        if not rows:
            raise OSError("RabbitMQ has no queues")
        return {name: (int(count), int(consumers)) for name, count, consumers in rows}

    def _topics(self):
        topics = collections.defaultdict(set)
        for line in self._run("list_bindings", "--no-table-headers", "source_name", "destination_name", "routing_key").splitlines():
            exchange, queue, key = line.split("\t")
            if exchange == f"{PREFIX}.events":
                topics[queue].add(key.rpartition(".")[0])
        return topics

    def _run(self, *words):
        try:
            done = subprocess.run([self._control, *words], capture_output=True, text=True, timeout=PATIENCE)
        except subprocess.TimeoutExpired as error:
            raise OSError(f"RabbitMQ does not answer within {PATIENCE} s") from error
        if done.returncode != 0:
            raise OSError(f"rabbitmqctl {words[0]}: {(done.stderr or done.stdout).strip()[:300]}")
        return done.stdout


def group_of(queue):
    """The group of a queue, such as `roost.GROUP.LANE`."""
    return queue.split(".")[1]


class Kafka(Broker):
    """A cluster of Kafka, of which committed offsets are compared with the ends. The mock does not tell the members of a group."""

    GROUPS = ("notifications",)

    def __init__(self, sources, url):
        super().__init__(sources)
        self._servers = kafka.servers(url)

    def left(self):
        return sum(self._left(group) for group in (*self.GROUPS, RECORDER))

    def groups(self, _):
        return [Group(name, self._left(name)) for name in self.GROUPS]

    def _left(self, group):
        import confluent_kafka
        consumer = confluent_kafka.Consumer({"bootstrap.servers": self._servers, "group.id": kafka.group(group), "enable.auto.commit": False})
        try:
            topics = consumer.list_topics(timeout=PATIENCE).topics
            partitions = [
                confluent_kafka.TopicPartition(name, number) for name, topic in topics.items() if name.startswith(f"{PREFIX}.")
                for number in topic.partitions]
            left = 0
            for committed in consumer.committed(partitions, timeout=PATIENCE) if partitions else ():
                start, end = consumer.get_watermark_offsets(committed, timeout=PATIENCE, cached=False)
                left += end - max(start, committed.offset)  # a negative offset: nothing is committed
            return left
        except confluent_kafka.KafkaException as error:
            raise OSError(f"Kafka: {error}") from error
        finally:
            consumer.close()
