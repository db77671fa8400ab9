import CRoostKafka
import Dispatch
import Roost

/// A client of librdkafka, which is freed exactly once.
///
/// Nothing blocks a thread in order to wait for events: librdkafka tells that a queue is no longer empty, from a thread of its own, and `wake` resumes
/// the task that empties it.
///
/// Sendable without the compiler's check: the pointers never change, librdkafka's functions may be called from any thread, and the client is freed in
/// `deinit`, when no caller has a reference any more.
final class KafkaClient: @unchecked Sendable {
    let handle: OpaquePointer
    /// Notified when a queue of the client is no longer empty.
    let wake: Notifier
    /// The queue for logs, errors, and the reports of a producer.
    private let main: OpaquePointer
    /// Opened when the client has been freed, after `deinit`.
    let freed = Latch()

    /// Creates a client. It connects when it is used.
    /// - Throws: A `KafkaError` if a setting is not allowed.
    init(_ type: rd_kafka_type_t, _ settings: KafkaSettings, wake: Notifier) throws(KafkaError) {
        let configuration = try Self.configuration(settings)
        var text = [CChar](repeating: 0, count: 512)
        guard let handle = rd_kafka_new(type, configuration, &text, text.count) else {
            // The configuration belongs to the client only if there is one.
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(rd_kafka_last_error(), text.text)
        }
        self.handle = handle
        self.wake = wake
        main = rd_kafka_queue_get_main(handle)
        Self.tell(main, wake)
        rd_kafka_set_log_queue(handle, main)
    }

    private static func configuration(_ settings: KafkaSettings) throws(KafkaError) -> OpaquePointer {
        guard let configuration = rd_kafka_conf_new(), let topics = rd_kafka_topic_conf_new() else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE)
        }
        var fault: String?
        for (name, value) in settings.topicValues where rd_kafka_topic_conf_set(topics, name, value, nil, 0) != RD_KAFKA_CONF_OK {
            fault = name
        }
        rd_kafka_conf_set_default_topic_conf(configuration, topics)
        for (name, value) in settings.values where rd_kafka_conf_set(configuration, name, value, nil, 0) != RD_KAFKA_CONF_OK {
            fault = name
        }
        if let fault {
            rd_kafka_conf_destroy(configuration)
            throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, "librdkafka does not accept the value of \(fault)")
        }
        rd_kafka_conf_set_events(
            configuration, RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_REBALANCE)
        return configuration
    }

    /// Makes a queue notify when it is no longer empty. The callback runs on a thread of librdkafka, inside its locks, and only wakes.
    static func tell(_ queue: OpaquePointer, _ wake: Notifier) {
        rd_kafka_queue_cb_event_enable(
            queue,
            { _, context in
                guard let context else { return }
                Unmanaged<Notifier>.fromOpaque(context).takeUnretainedValue().notify()
            }, Unmanaged.passUnretained(wake).toOpaque())
    }

    /// Stops the notifications of a queue, and frees it.
    static func free(_ queue: OpaquePointer) {
        rd_kafka_queue_cb_event_enable(queue, nil, nil)
        rd_kafka_queue_destroy(queue)
    }

    deinit {
        Self.free(main)
        let remains = Remains(handle: handle, wake: wake, freed: freed)
        DispatchQueue(label: "roost.kafka.end").async { remains.free() }
    }

    /// Returns the next event of the main queue.
    func next() -> KafkaEvent? { KafkaEvent(rd_kafka_queue_poll(main, 0)) }

    /// Runs a function that blocks, for a time that it limits itself, on a thread outside of those of Swift's tasks.
    func blocking<Value: Sendable>(_ body: @escaping @Sendable (KafkaClient) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "roost.kafka.call").async { continuation.resume(returning: body(self)) }
        }
    }
}

/// What is left of a client to be freed, which takes a while because it ends the threads of librdkafka.
///
/// Sendable without the compiler's check: it is passed to one thread, and nothing else refers to the handle any more.
private struct Remains: @unchecked Sendable {
    let handle: OpaquePointer
    /// Kept until no callback can run any more.
    let wake: Notifier
    let freed: Latch

    func free() {
        // A member that leaves in order has done so before; another one ends as if its process had been killed.
        rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
        withExtendedLifetime(wake) {}
        freed.open()
    }
}

extension [CChar] {
    /// The text up to the first zero.
    var text: String { String(decoding: prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self) }
}
