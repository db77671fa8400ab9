import Roost
import RoostEvents

/// The errors of the bus, for its callers.
enum KafkaProblem {
    /// The cluster does not answer, or not as it should at the moment.
    static func unreachable(_ error: KafkaError) -> Problem {
        Problem(.unavailable, "The event bus cannot be reached.", headers: ["retry-after": "1"], cause: error)
    }

    /// What a caller is told whose records were not all acknowledged. Errors of single events come first: only they are permanent.
    static func of(_ results: [(record: KafkaRecord, error: KafkaError)]) -> any Error {
        if let (record, error) = results.first(where: { $0.error.isOfSize }) {
            return Problem(
                .contentTooLarge,
                """
                An event of \(record.envelope.topic) with \(record.envelope.data.count) bytes of data is too large for the topic \(record.topic) on \
                Kafka: raise its max.message.bytes, or publish where the data is instead.
                """, cause: error)
        }
        if let (record, error) = results.first(where: { $0.error.isOfRecord }) {
            return Problem(
                .unprocessable, "The topic \(record.topic) on Kafka does not take an event of \(record.envelope.topic).", cause: error)
        }
        if let (record, error) = results.first(where: { $0.error.isRefusal }) {
            return ConfigurationError("the topic \(record.topic) on Kafka cannot be written to: \(error)", cause: error)
        }
        return unreachable(results.first?.error ?? .timedOut)
    }
}
