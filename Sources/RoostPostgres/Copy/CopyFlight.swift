import Roost
import RoostData

/// A flight that copies rows between a table and the program (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
final class CopyFlight: Flight {
    private let direction: CopyDirection
    private let isBegun = Promise<Void>()
    private let number = Promise<Int>()
    private let receive: (UnsafeRawBufferPointer) -> Void
    private var changes = 0

    /// - Parameters:
    ///   - direction: The direction that the statement is expected to have.
    ///   - receive: Takes data of the server, on the loop.
    init(
        _ direction: CopyDirection, id: UInt64, deadline: ContinuousClock.Instant?,
        receive: @escaping (UnsafeRawBufferPointer) -> Void = { _ in }
    ) {
        self.direction = direction
        self.receive = receive
        super.init(id: id, expected: .max, deadline: deadline)
    }

    /// Is fulfilled when the server is ready for data, or has some.
    var begun: Promise<Void> { isBegun }
    /// Is fulfilled at the end, with the number of rows.
    var ended: Promise<Int> { number }

    override func beginCopy(_ direction: CopyDirection) throws(ProtocolViolation) {
        guard direction == self.direction else { throw ProtocolViolation("a copy in the other direction") }
        isBegun.fulfill(.success(()))
    }

    override func take(copied: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        guard direction == .fromServer else { throw Self.unexpected("copied data") }
        receive(copied)
    }

    override func endCopy() throws(ProtocolViolation) {
        guard direction == .fromServer else { throw Self.unexpected("the end of a copy") }
    }

    override func complete(_ tag: CommandTag) { changes = max(changes, tag.changes) }

    override func resume(with error: (any Error)?) {
        let wrong = DatabaseError(.engine, "the statement is not a COPY \(direction == .toServer ? "FROM STDIN" : "TO STDOUT")")
        isBegun.fulfill(.failure(error ?? wrong))
        number.fulfill(error.map { .failure($0) } ?? .success(changes))
    }
}
