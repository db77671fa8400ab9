import CRoostKafka
import Roost
import Synchronization

/// A producer: it sends records, and each call waits until all of its records are acknowledged.
///
/// The records of a partition are written in order and once, and those of a key that come after one that failed are not written: librdkafka gives up
/// all records when one is refused for good (`enable.gapless.guarantee`), and so does this when time is up.
actor KafkaProducer {
    /// The records of one call.
    private final class Publication {
        var results: [KafkaError?]
        var waiting: Int
        let done = Latch()

        init(count: Int) {
            results = Array(repeating: .timedOut, count: count)
            waiting = count
        }
    }

    /// Whether each record travels alone.
    nonisolated let isSingle: Bool
    private let client: KafkaClient
    private let wake = Notifier()
    /// Notified when a record has been reported, so that there is room for another one.
    private let room = Notifier()
    private var pending: [Int: (publication: Publication, index: Int)] = [:]
    private var lastNumber = 0
    private let ending = Mutex<KafkaError?>(nil)
    /// What went wrong with the connections, while nothing has been acknowledged since then.
    private var trouble: KafkaError?

    private init(_ url: KafkaURL, _ isSingle: Bool) throws(KafkaError) {
        self.isSingle = isSingle
        client = try KafkaClient(RD_KAFKA_PRODUCER, .producer(url, isSingle: isSingle), wake: wake)
    }

    /// Creates a producer. It connects when it is used.
    /// - Throws: A `KafkaError` if a setting is not allowed.
    static func open(_ url: KafkaURL, isSingle: Bool = false) throws(KafkaError) -> KafkaProducer {
        let producer = try KafkaProducer(url, isSingle)
        Task { [weak producer, wake = producer.wake] in
            var seen = 0
            while await producer?.serve() == true {
                await wake.wait(beyond: seen)
                seen = wake.count
            }
        }
        return producer
    }

    deinit { wake.notify() }

    /// Why the producer cannot be used any more.
    nonisolated var failure: KafkaError? { ending.withLock { $0 } }

    /// For what is asked of the cluster beside sending.
    nonisolated var connection: KafkaClient { client }

    /// Sends records.
    /// - Returns: For each record, why it was not acknowledged, or `nil` if it was.
    func send(_ records: [KafkaRecord], by deadline: ContinuousClock.Instant) async -> [KafkaError?] {
        let publication = Publication(count: records.count)
        guard failure == nil else { return records.map { _ in failure } }
        var index = 0, seen = room.count
        while let error = enqueue(records, from: &index, of: publication) {
            guard error.isOne(of: RD_KAFKA_RESP_ERR__QUEUE_FULL) else {
                publication.results[index] = error
                break
            }
            guard await hasRoom(beyond: seen, by: deadline) else { break }
            seen = room.count
        }
        // Those behind one that was not added are not sent either.
        publication.waiting -= records.count - index
        if index < records.count, let failure { publication.results[index] = failure }
        if publication.waiting > 0, await publication.done.wait(by: deadline) == .late { giveUp(.timedOut) }
        return publication.results
    }

    /// Adds records to the queue of the client, as far as it takes them.
    /// - Parameter index: The index of the first record to add. On return, that of the first record that was not added.
    /// - Returns: Why the record at the index was not added; `nil` if all were.
    private func enqueue(_ records: [KafkaRecord], from index: inout Int, of publication: Publication) -> KafkaError? {
        // Uses each record in place, so that it is not copied.
        records.withUnsafeBufferPointer { records in
            while index < records.count {
                if let error = records[index].enqueue(to: client, number: lastNumber + 1) { return error }
                lastNumber += 1
                pending[lastNumber] = (publication, index)
                index += 1
            }
            return nil
        }
    }

    /// Waits until there is room for a record.
    /// - Returns: Whether sending may go on.
    private func hasRoom(beyond seen: Int, by deadline: ContinuousClock.Instant) async -> Bool {
        serve()
        await room.wait(beyond: seen, by: deadline)
        return failure == nil && !Task.isCancelled && .now < deadline
    }

    /// Ends the producer: nothing that waits is sent any more. What is on its way may arrive or not. Reports about all of it follow.
    private func fail(_ error: KafkaError) {
        let isFirst = ending.withLock { ending in
            defer { ending = ending ?? error }
            return ending == nil
        }
        guard isFirst else { return }
        rd_kafka_purge(client.handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING)
        wake.notify()
        room.notify()
    }

    /// Ends the producer, and does not wait for the reports.
    private func giveUp(_ error: KafkaError) {
        fail(error)
        serve()
        for number in pending.keys.sorted() { report(number, trouble ?? error) }
    }

    /// Handles the events of the producer.
    /// - Returns: Whether there may be more.
    @discardableResult
    private func serve() -> Bool {
        while let event = client.next() {
            if event.type == RD_KAFKA_EVENT_DR {
                defer { room.notify() }
                while let message = rd_kafka_event_message_next(event.pointer) {
                    let code = message.pointee.err
                    report(
                        Int(bitPattern: message.pointee._private), code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code))
                }
            } else if !event.log(), let error = event.error {
                if event.isFatal {
                    RequestContext.defaultLogger.warning("The Kafka producer is replaced: \(fatalReason ?? error.text)")
                    fail(error)
                } else {
                    trouble = error
                    RequestContext.defaultLogger.debug("Kafka: \(error)")
                }
            }
        }
        return failure == nil || !pending.isEmpty
    }

    /// What is wrong with the connections, if something is.
    func lastTrouble() -> KafkaError? {
        serve()
        return trouble
    }

    private var fatalReason: String? {
        var text = [CChar](repeating: 0, count: 512)
        return rd_kafka_fatal_error(client.handle, &text, text.count) == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : text.text
    }

    private func report(_ number: Int, _ error: KafkaError?) {
        guard let (publication, index) = pending.removeValue(forKey: number) else { return }
        if error == nil { trouble = nil }
        publication.results[index] = error
        publication.waiting -= 1
        if publication.waiting == 0 { publication.done.open() }
    }

    /// Waits until everything is acknowledged, and ends the producer.
    func close(by deadline: ContinuousClock.Instant) async {
        await withCancellationShield { await self.finish(by: deadline) }
    }

    private func finish(by deadline: ContinuousClock.Instant) async {
        while failure == nil, !pending.isEmpty, .now < deadline {
            let seen = room.count
            serve()
            if !pending.isEmpty { await room.wait(beyond: seen, by: deadline) }
        }
        giveUp(KafkaError(RD_KAFKA_RESP_ERR__DESTROY))
    }
}
