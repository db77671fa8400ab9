import DequeModule

/// The messages of a connection that has started, as a pure state machine: the flights that wait for an answer, in the order in which they
/// were sent. The server answers in the same order.
struct Conversation {
    /// What has happened.
    enum Event {
        case none
        /// The server has answered a flight and is ready for the next one.
        case finished(Flight, TransactionStatus)
        case notified(channel: String)
        case parameter(name: String, value: String)
        /// The server ends the connection, such as for a shutdown.
        case terminated(ServerMessage)
    }

    private(set) var flights = Deque<Flight>()
    private let cursor = PostgresRow()

    mutating func add(_ flight: Flight) { flights.append(flight) }

    /// Takes a message.
    /// - Throws: A `ProtocolViolation` if it is malformed, unknown, or out of order. The connection must then be closed.
    mutating func receive(_ message: BackendMessage) throws(ProtocolViolation) -> Event {
        switch message.kind {
        case .readyForQuery: return try ready(message)
        case .noticeResponse:
            // Notices are for people at a terminal. They are checked, since a malformed one shows that the connection is out of step.
            _ = try ServerMessage(message.body)
            return .none
        case .notificationResponse: return try notified(message)
        case .parameterStatus: return try parameter(message)
        default: break
        }
        guard let flight = flights.first else {
            guard message.kind == .errorResponse else { throw ProtocolViolation("the message \(message.kind.name) that nobody asked for") }
            return .terminated(try ServerMessage(message.body))
        }
        try flight.take(message, cursor)
        if let refusal = flight.refusal, refusal.isFatal { return .terminated(refusal) }
        return .none
    }

    /// Removes all flights, when the connection is lost.
    mutating func removeAll() -> Deque<Flight> {
        defer { flights = [] }
        return flights
    }

    private mutating func ready(_ message: BackendMessage) throws(ProtocolViolation) -> Event {
        let status = try TransactionStatus(message)
        guard let flight = flights.popFirst() else { throw ProtocolViolation("an answer to nothing") }
        do {
            try flight.checkEnd()
        } catch {
            // Its caller must learn of the failure as those behind it do.
            flights.prepend(flight)
            throw error
        }
        return .finished(flight, status)
    }

    private func notified(_ message: BackendMessage) throws(ProtocolViolation) -> Event {
        var reader = MessageReader(message.body)
        _ = try reader.int32()
        let channel = try reader.string()
        _ = try reader.string()
        try reader.finish()
        return .notified(channel: channel)
    }

    private func parameter(_ message: BackendMessage) throws(ProtocolViolation) -> Event {
        var reader = MessageReader(message.body)
        let name = try reader.string(), value = try reader.string()
        try reader.finish()
        return .parameter(name: name, value: value)
    }
}
