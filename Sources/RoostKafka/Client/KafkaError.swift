import CRoostKafka
import Roost

/// An error of librdkafka or of the cluster.
struct KafkaError: Error, Hashable {
    let code: Int32
    /// What happened, for the log. It may name addresses.
    let text: String

    init(_ code: rd_kafka_resp_err_t, _ text: String? = nil) {
        self.code = code.rawValue
        self.text = text ?? String(cString: rd_kafka_err2str(code))
    }

    /// Takes an error that librdkafka has created, and frees it.
    /// - Returns: `nil` if there is none.
    init?(taking error: OpaquePointer?) {
        guard let error else { return nil }
        self.init(rd_kafka_error_code(error), String(cString: rd_kafka_error_string(error)))
        rd_kafka_error_destroy(error)
    }

    func isOne(of codes: rd_kafka_resp_err_t...) -> Bool { codes.contains { $0.rawValue == code } }

    /// Whether the client cannot be used any more.
    var isFatal: Bool { isOne(of: RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE) }

    /// Whether the broker refuses a record because of its size, or that of the batch in which it travelled.
    var isOfSize: Bool { isOne(of: RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE) }

    /// Whether the cluster refuses the user, or what the user does.
    var isRefusal: Bool {
        isOne(
            of: RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR__AUTHENTICATION)
    }

    /// Whether a topic does not exist any more.
    var isOfMissingTopic: Bool {
        isOne(of: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
    }

    /// Whether the name of a topic, or what is asked of it, is not allowed.
    var isOfInvalidTopic: Bool { isOne(of: RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR_POLICY_VIOLATION) }

    /// Whether the offsets of a member are no longer accepted because its lanes are about to move, or have moved.
    var isOfEarlierGeneration: Bool {
        isOne(
            of: RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
            RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
    }

    /// Whether a record is refused for good.
    var isOfRecord: Bool { isOne(of: RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_MSG) }

    static let timedOut = KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT)
}

extension KafkaError: CustomStringConvertible {
    var description: String { text }
}
