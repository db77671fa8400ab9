import CRoostKafka
import Roost
import RoostEvents

/// Publishes events, and replaces the producer if it cannot be used any more.
actor KafkaPublisher {
    let url: KafkaURL
    private let topics: KafkaTopics
    private var producer: KafkaProducer?
    /// Until when records travel alone, because one was refused, and might have been refused for its batch.
    private var singleUntil: ContinuousClock.Instant?
    private var isClosed = false
    private static let singlePeriod = Duration.seconds(60)

    init(_ url: KafkaURL, _ topics: KafkaTopics) { (self.url, self.topics) = (url, topics) }

    /// The producer to use now.
    func current() throws -> KafkaProducer {
        guard !isClosed else { throw Problem.unavailable("The event bus is closed.") }
        if let singleUntil, singleUntil <= .now {
            self.singleUntil = nil
            // It ends when the last call has returned.
            producer = nil
        }
        if let producer, producer.failure == nil { return producer }
        do {
            let next = try KafkaProducer.open(url, isSingle: singleUntil != nil)
            producer = next
            return next
        } catch {
            throw ConfigurationError("Kafka cannot be used: \(error)", cause: error)
        }
    }

    /// Makes sure that topics exist.
    func ensure(_ names: Set<String>) async throws { try await topics.ensure(names, with: try current().connection) }

    /// Publishes events, and returns when all of them are acknowledged by all brokers that must have them.
    /// - Throws: A `Problem`: permanent if one of the events is too large, transient if the cluster does not acknowledge them in time; a
    ///   `ConfigurationError` if the user may not write to a topic, or a topic is missing and cannot be created.
    func publish(_ envelopes: [EventEnvelope]) async throws {
        let (records, names) = records(of: envelopes)
        let deadline = ContinuousClock.now + url.timeout
        try await ensure(names)
        // Sending would give up the records of all callers, because this one is late.
        guard .now < deadline else { throw KafkaProblem.unreachable(.timedOut) }
        var failed = try await send(records, by: deadline)
        if failed.contains(where: { isDoubtful($0) }) {
            // Those that were sent with it are sent once more, each alone: what is refused then is refused for itself.
            singleUntil = .now + Self.singlePeriod
            producer = nil
            failed = try await send(failed.map(\.record), by: deadline)
        }
        guard !failed.isEmpty else { return }
        await topics.forget(failed.filter { $0.error.isOfMissingTopic }.map(\.record.topic))
        throw KafkaProblem.of(failed.map { ($0.record, $0.error) })
    }

    private func records(of envelopes: [EventEnvelope]) -> (records: [KafkaRecord], topics: Set<String>) {
        var names: Set<String> = [], last = (event: "", name: "")
        let records = envelopes.map { envelope in
            // Most events of a call have one topic.
            if envelope.topic != last.event {
                last = (envelope.topic, url.names.kafkaTopic(of: envelope.topic))
                names.insert(last.name)
            }
            return KafkaRecord(topic: last.name, envelope: envelope)
        }
        return (records, names)
    }

    private typealias Failed = (record: KafkaRecord, error: KafkaError, wasSingle: Bool)

    /// Whether a record may have been refused because of others in its batch.
    private func isDoubtful(_ failed: Failed) -> Bool {
        !failed.wasSingle && (failed.error.isOfRecord || failed.error.isOfSize && failed.record.size < KafkaSettings.batchSize)
    }

    private func send(_ records: [KafkaRecord], by deadline: ContinuousClock.Instant) async throws -> [Failed] {
        let producer = try current()
        let results = await producer.send(records, by: deadline)
        try Task.checkCancellation()
        guard results.contains(where: { $0 != nil }) else { return [] }
        return zip(records, results).compactMap { record, error in error.map { (record, $0, producer.isSingle) } }
    }

    /// Waits for what is being published.
    func close() async {
        isClosed = true
        let last = producer
        producer = nil
        guard let last else { return }
        await last.close(by: .now + url.timeout)
    }
}
