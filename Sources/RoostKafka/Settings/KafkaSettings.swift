import Roost

/// The settings of librdkafka (https://github.com/confluentinc/librdkafka/blob/v2.0.2/CONFIGURATION.md).
struct KafkaSettings: Sendable {
    /// The values by their names. A password is among them, so they must not be shown.
    private(set) var values: [String: String]
    /// The values that hold for each topic.
    private(set) var topicValues: [String: String] = [:]

    private init(_ url: KafkaURL, timeout: Duration) {
        values = [
            "bootstrap.servers": url.servers, "client.id": "roost", "log.queue": "true", "log.connection.close": "false",
            "socket.timeout.ms": "\(timeout.milliseconds)", "socket.connection.setup.timeout.ms": "10000",
            "socket.keepalive.enable": "true",
            // A small request, such as a commit, is not kept back until the one before it is acknowledged (RFC 896).
            "socket.nagle.disable": "true",
            "reconnect.backoff.ms": "50", "reconnect.backoff.max.ms": "2000",
        ]
        values["security.protocol"] = url.isSecured ? (url.password == nil ? "ssl" : "sasl_ssl") : "plaintext"
        values["ssl.ca.location"] = url.trustRoots
        if let password = url.password {
            values["sasl.mechanism"] = url.mechanism.rawValue
            values["sasl.username"] = url.user
            values["sasl.password"] = password
        }
    }

    /// The largest record that a producer sends: the largest data of an event, with its attributes.
    static let largestRecord = 1_048_576 + 64 * 1024
    /// Records are sent together up to this size. A larger one travels alone, so that its refusal concerns only itself.
    static let batchSize = 256 * 1024

    /// Returns the settings of a producer, which sends each event once, and those of a partition in order.
    /// - Parameter isSingle: Whether each record travels alone.
    static func producer(_ url: KafkaURL, isSingle: Bool = false) -> KafkaSettings {
        var settings = KafkaSettings(url, timeout: max(.seconds(1), url.timeout / 3))
        settings.values.merge([
            "acks": "all", "enable.idempotence": "true", "enable.gapless.guarantee": "true",
            "allow.auto.create.topics": "false", "linger.ms": "1", "batch.size": "\(batchSize)",
            "batch.num.messages": isSingle ? "1" : "1000",
            "message.max.bytes": "\(largestRecord)",
            "queue.buffering.max.messages": "10000", "queue.buffering.max.kbytes": "65536",
            "retry.backoff.ms": "50",
        ]) { $1 }
        // `KafkaProducer` gives up earlier, and what belongs together at once.
        settings.topicValues = ["partitioner": "murmur2_random", "message.timeout.ms": "\(2 * url.timeout.milliseconds)"]
        return settings
    }

    /// Returns the settings of a member of a group.
    ///
    /// What was read and not delivered is bounded for each partition: librdkafka asks for more only while it has less than 4 MiB. Less would slow it
    /// down, because nothing tells its thread that a queue was emptied: it looks again after up to a second (`rd_kafka_broker_consumer_serve`).
    static func member(of group: String, _ url: KafkaURL, _ timing: KafkaTiming) -> KafkaSettings {
        var settings = KafkaSettings(url, timeout: timing.request)
        settings.values.merge([
            "group.id": url.names.kafkaGroup(of: group), "partition.assignment.strategy": "range",
            "session.timeout.ms": "\(timing.session.milliseconds)", "heartbeat.interval.ms": "\(timing.heartbeat.milliseconds)",
            "max.poll.interval.ms": "\(timing.poll.milliseconds)",
            "enable.auto.commit": "false", "enable.auto.offset.store": "false", "enable.partition.eof": "true",
            "allow.auto.create.topics": "false", "isolation.level": "read_committed",
            "queued.min.messages": "100000", "queued.max.messages.kbytes": "4096", "fetch.message.max.bytes": "1048576",
            "fetch.max.bytes": "8388608", "fetch.wait.max.ms": "500", "fetch.error.backoff.ms": "100",
            "topic.metadata.refresh.interval.ms": "60000",
        ]) { $1 }
        settings.topicValues = ["auto.offset.reset": "earliest"]
        return settings
    }
}
