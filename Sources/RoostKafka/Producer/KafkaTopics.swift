import CRoostKafka
import Roost

/// The topics on the cluster that this process uses. One that is missing is created.
actor KafkaTopics {
    private let url: KafkaURL
    private var known: Set<String> = []
    /// Requests in progress, so that callers at the same time make one.
    private var requests: [String: Task<Void, any Error>] = [:]
    private static let largestMessage = 2 * 1_048_576

    init(_ url: KafkaURL) { self.url = url }

    /// Forgets topics, which somebody may have deleted.
    func forget(_ topics: some Sequence<String>) { known.subtract(topics) }

    /// Makes sure that topics exist.
    /// - Parameter client: A client to ask with, and no consumer.
    /// - Throws: A `ConfigurationError` if one of them cannot be had; a `Problem` if the cluster does not answer.
    func ensure(_ topics: Set<String>, with client: KafkaClient) async throws {
        for topic in topics.subtracting(known).sorted() {
            if let request = requests[topic] {
                try await request.value
                continue
            }
            let request = Task { try await find(topic, client) }
            requests[topic] = request
            defer { requests[topic] = nil }
            try await request.value
            known.insert(topic)
        }
    }

    private func find(_ topic: String, _ client: KafkaClient) async throws {
        let timeout = Int32(clamping: min(url.timeout, .seconds(10)).milliseconds), partitions = url.partitions
        // Who may not create topics can still use those that exist. (Old clusters, and the mock of librdkafka, create a topic that is asked for.)
        guard let failure = await client.blocking({ $0.look(for: topic, timeout: timeout) }) else { return }
        guard failure.isOfMissingTopic || failure.isRefusal || failure.isOfInvalidTopic else { throw KafkaProblem.unreachable(failure) }
        let refusal = await client.blocking { client in
            client.create(topic, partitions: partitions, largestMessage: Self.largestMessage, timeout: timeout)
        }
        guard let refusal, !refusal.isOne(of: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) else { return }
        guard failure.isRefusal || refusal.isRefusal || refusal.isOfInvalidTopic else {
            throw KafkaProblem.unreachable(refusal)
        }
        throw ConfigurationError(
            "the topic \(topic) on Kafka does not exist and cannot be created (\(refusal); \(failure)): create it, or give the user the right to"
        )
    }
}

extension KafkaClient {
    /// Creates a topic, and blocks the thread until the cluster has answered or time is up.
    /// - Returns: Why the topic was not created.
    fileprivate func create(_ topic: String, partitions: Int32, largestMessage: Int, timeout: Int32) -> KafkaError? {
        var text = [CChar](repeating: 0, count: 512)
        // -1: the replication that the cluster has for topics by default.
        guard let topicPointer = rd_kafka_NewTopic_new(topic, partitions, -1, &text, text.count) else {
            return KafkaError(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, text.text)
        }
        var request: OpaquePointer? = topicPointer
        defer { rd_kafka_NewTopic_destroy(topicPointer) }
        // The largest event does not fit into the largest message that brokers take by default.
        rd_kafka_NewTopic_set_config(topicPointer, "max.message.bytes", "\(largestMessage)")
        let options = rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS), queue = rd_kafka_queue_new(handle)
        defer {
            rd_kafka_AdminOptions_destroy(options)
            rd_kafka_queue_destroy(queue)
        }
        rd_kafka_AdminOptions_set_request_timeout(options, timeout, nil, 0)
        rd_kafka_CreateTopics(handle, &request, 1, options, queue)
        guard let event = KafkaEvent(rd_kafka_queue_poll(queue, timeout + 1000)) else { return .timedOut }
        if let error = event.error { return error }
        var count = 0
        guard let result = rd_kafka_event_CreateTopics_result(event.pointer),
            let topics = rd_kafka_CreateTopics_result_topics(result, &count), count == 1, let created = topics[0]
        else { return nil }
        let code = rd_kafka_topic_result_error(created)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(code, rd_kafka_topic_result_error_string(created).map { String(cString: $0) })
    }

    /// Asks for a topic, and blocks the thread until the cluster has answered or time is up.
    /// - Returns: Why the topic cannot be used.
    fileprivate func look(for topic: String, timeout: Int32) -> KafkaError? {
        guard let local = rd_kafka_topic_new(handle, topic, nil) else { return KafkaError(rd_kafka_last_error()) }
        defer { rd_kafka_topic_destroy(local) }
        return look(timeout: timeout, local) { metadata in
            guard metadata.topic_cnt == 1, let found = metadata.topics?[0] else { return KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC) }
            guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR else { return KafkaError(found.err) }
            return found.partition_cnt > 0 ? nil : KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
        }
    }

    /// Asks for the brokers, and blocks the thread until one has answered or time is up.
    func reach(timeout: Int32) -> KafkaError? { look(timeout: timeout, nil) { _ in nil } }

    private func look(
        timeout: Int32, _ topic: OpaquePointer?, _ judge: (rd_kafka_metadata) -> KafkaError?
    ) -> KafkaError? {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle, 0, topic, &metadata, timeout)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else { return KafkaError(code) }
        defer { rd_kafka_metadata_destroy(metadata) }
        return judge(metadata.pointee)
    }
}
