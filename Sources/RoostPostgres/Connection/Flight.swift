import Roost

/// What was sent up to one `Sync`, and the caller who waits for its answer.
///
/// A flight takes the messages of the server in order. It resumes its caller once, when the server is ready for the next flight, when the
/// connection is lost, or when the caller gives up before that; the rest of the answer is then dropped.
class Flight {
    /// The number of statements whose completion is expected, not counting those of `skipped`.
    private(set) final var expected: Int
    /// The number of statements that the driver has put in front, such as `BEGIN`.
    final var skipped = 0
    /// The first error of the server.
    private(set) final var refusal: ServerMessage?
    /// Identifies the call, so that its caller can give up.
    final let id: UInt64
    /// The end of the caller's patience.
    final var deadline: ContinuousClock.Instant?
    /// Whether the flight is a transaction by itself, for which a connection was reserved.
    final var isAlone = false
    /// Whether nobody waits for the answer any more.
    final var isAbandoned = false
    /// Whether a request to cancel a flight in front of it may hit this one.
    final var isExposed = false
    /// When the server was asked to stop it.
    final var cancellation: ContinuousClock.Instant?
    /// What the flight prepares, in order, until the server confirms it; `nil` for a statement without a name.
    final var parsing: [PreparedStatement?] = []
    /// Whether rows may arrive.
    final var isBound = false

    /// - Parameters:
    ///   - id: Identifies the call; 0 for one of the driver's own.
    ///   - expected: The number of statements.
    init(id: UInt64 = 0, expected: Int, deadline: ContinuousClock.Instant? = nil) {
        self.id = id
        self.expected = expected
        self.deadline = deadline
    }

    // What subclasses take. Anything that a flight has not asked for is a violation of the protocol.

    func take(parameters: [OID]) throws(ProtocolViolation) { throw Self.unexpected("a description of parameters") }
    func take(columns body: UnsafeRawBufferPointer?) throws(ProtocolViolation) { throw Self.unexpected("a description of columns") }
    func take(row: UnsafeRawBufferPointer, in cursor: PostgresRow) throws(ProtocolViolation) { throw Self.unexpected("a row") }
    func complete(_ tag: CommandTag) throws(ProtocolViolation) {}
    func suspend() throws(ProtocolViolation) { throw Self.unexpected("a pause") }
    func beginCopy(_ direction: CopyDirection) throws(ProtocolViolation) { throw Self.unexpected("a copy") }
    func take(copied: UnsafeRawBufferPointer) throws(ProtocolViolation) { throw Self.unexpected("copied data") }
    func endCopy() throws(ProtocolViolation) { throw Self.unexpected("the end of a copy") }
    /// The prepared statement whose answer is awaited.
    var current: PreparedStatement? { nil }
    /// Whether an earlier flight has prepared that statement.
    var reusesCurrent: Bool { false }
    /// Resumes the caller with the result or, if there is an error, with that.
    func resume(with error: (any Error)?) {}
    /// Makes the flight as new, to send it again.
    /// - Returns: Whether it can be sent again.
    func reset() -> Bool { false }

    static func unexpected(_ what: String) -> ProtocolViolation { ProtocolViolation("\(what) that nobody asked for") }
}

/// The direction of a `COPY`.
enum CopyDirection { case toServer, fromServer }

extension Flight {
    /// Resumes the caller, unless somebody has done so before.
    final func end(with error: (any Error)?) {
        guard !isAbandoned else { return }
        isAbandoned = true
        resume(with: error)
    }

    /// Prepares the flight to be sent again. Only for statements of which the server has said that they had no effect.
    final func renew() -> Bool {
        guard !isAbandoned, reset() else { return false }
        refusal = nil
        expected = 1
        isBound = false
        isExposed = false
        parsing = []
        return true
    }

    /// Takes a message of the server other than `ReadyForQuery`.
    final func take(_ message: BackendMessage, _ cursor: PostgresRow) throws(ProtocolViolation) {
        guard refusal == nil else { throw ProtocolViolation("the message \(message.kind.name) after an error") }
        switch message.kind {
        case .dataRow:
            guard isBound, expected > 0 else { throw Self.unexpected("a row") }
            try take(row: message.body, in: cursor)
        case .bindComplete: isBound = true
        case .commandComplete: try completed(CommandTag(message.body))
        case .emptyQueryResponse: try completed(.none)
        case .parseComplete: if !parsing.isEmpty { parsing.removeFirst() }
        case .closeComplete: break
        case .errorResponse: refusal = try ServerMessage(message.body)
        case .parameterDescription: try take(parameters: Self.types(message.body))
        case .rowDescription:
            isBound = true
            try take(columns: message.body)
        case .noData: try take(columns: nil)
        case .portalSuspended:
            try count()
            try suspend()
        case .copyInResponse: try beginCopy(.toServer)
        case .copyOutResponse: try beginCopy(.fromServer)
        case .copyData: try take(copied: message.body)
        case .copyDone: try endCopy()
        default: throw ProtocolViolation("the unknown message \(message.kind.name)")
        }
    }

    /// Checks that the answer is complete.
    final func checkEnd() throws(ProtocolViolation) {
        if refusal == nil, expected > 0, expected != Int.max { throw ProtocolViolation("an answer that is not complete") }
    }

    private func completed(_ tag: CommandTag) throws(ProtocolViolation) {
        isBound = false
        if skipped > 0 { return skipped -= 1 }
        try count()
        try complete(tag)
    }

    private func count() throws(ProtocolViolation) {
        guard expected > 0 else { throw Self.unexpected("the end of a statement") }
        if expected != Int.max { expected -= 1 }
    }

    private static func types(_ body: UnsafeRawBufferPointer) throws(ProtocolViolation) -> [OID] {
        var reader = MessageReader(body)
        let count = Int(UInt16(bitPattern: try reader.int16()))
        var types: [OID] = []
        for _ in 0..<count { types.append(OID(rawValue: UInt32(bitPattern: try reader.int32()))) }
        try reader.finish()
        return types
    }
}
