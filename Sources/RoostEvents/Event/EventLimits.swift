import Roost

/// The limits that every bus accepts. `Transaction.publish` refuses an event beyond them, so that no event is committed that cannot be sent.
public enum EventLimits {
    /// The largest data of an event, in bytes of JSON: 1 MiB. The driver of a broker that takes less passes a lower limit to
    /// `EventEnvelope.checkLimits(data:)`.
    public static let data = 1_048_576
    /// The largest key, in bytes of UTF-8.
    public static let key = 255
    /// The longest delay of an event: 366 days.
    public static let delay = Duration.seconds(366 * 86_400)
}

extension EventEnvelope {
    /// Checks the topic, the key and the size of the data.
    /// - Parameter limit: The largest size of the data, in bytes.
    /// - Throws: A `Problem` with status 413 if the data is too large, or 422 if the topic or the key is not allowed.
    public func checkLimits(data limit: Int = EventLimits.data) throws(Problem) {
        if let fault = EventDeclaration.fault(ofTopic: topic) { throw Problem(.unprocessable, "An event cannot be published: \(fault).") }
        guard (1...EventLimits.key).contains(key.utf8.count), key.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Problem(
                .unprocessable,
                "An event of \(topic) has a key of \(key.utf8.count) bytes: keys have 1 to \(EventLimits.key) bytes and no control characters."
            )
        }
        guard data.count <= limit else {
            throw Problem(
                .contentTooLarge,
                "An event of \(topic) has \(data.count) bytes of data, and at most \(limit) are allowed: publish where the data is instead."
            )
        }
    }
}
