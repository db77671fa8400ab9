import NIOCore
import Roost
import RoostEvents
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A member of a group, with a connection of its own. When that ends, the member ends too.
final class RabbitMQMember: GroupMember {
    private struct State {
        var book: LaneBook
        /// Why nothing more will come.
        var failure: (any Error)?
        var isAcknowledgementAwaited = false
    }

    private let group: String
    private let state: Mutex<State>
    private let wake = Notifier()
    private let connection: AMQPConnection
    private let link: NIOLoopBoundBox<MemberLink>

    /// Begins to consume the lanes of a group whose queues are declared.
    /// - Parameter send: Sends an announcement to the other members.
    init(
        _ membership: GroupMembership, of topology: Topology, on connection: AMQPConnection,
        send: @escaping @Sendable (OutgoingMessage) -> Void
    ) {
        group = membership.group
        state = Mutex(State(book: LaneBook(membership)))
        self.connection = connection
        let link = MemberLink(membership, topology, send)
        self.link = NIOLoopBoundBox.makeBoxSendingValue(link, eventLoop: connection.loop)
    }

    /// Begins to receive.
    /// - Throws: An `AMQPError` if the server refuses something.
    func start() async throws {
        let link = link
        try await connection.value { [weak self] (connection, started: EventLoopPromise<Void>) in
            guard let self else { return started.fail(CancellationError()) }
            link.value.start(self, connection, started)
        }
    }

    /// Changes the book, and wakes whoever waits for something that is there now.
    func change<Result>(_ body: (inout LaneBook) -> Result) -> Result {
        let (result, hasNews) = state.withLock { (body(&$0.book), $0.book.hasNews) }
        if hasNews { wake.notify() }
        return result
    }

    /// Ends the member, which gets nothing more.
    func fail(_ error: any Error) {
        state.withLock { $0.failure = $0.failure ?? error }
        wake.notify()
    }

    func next() async throws -> [BusEvent] {
        while true {
            try Task.checkCancellation()
            let seen = wake.count
            let events = try state.withLock { state in
                if let failure = state.failure { throw failure }
                return state.book.take()
            }
            if !events.isEmpty { return events }
            await wake.wait(beyond: seen)
        }
    }

    func settle(_ delivery: DeliveryID) {
        let (done, isFirst, hasNews) = state.withLock { state in
            let done = state.book.settle(delivery)
            defer { state.isAcknowledgementAwaited = true }
            return (done, !state.isAcknowledgementAwaited, state.book.hasNews)
        }
        if hasNews { wake.notify() }
        if let done { connection.onLoop { [link] _ in link.value.close(done) } }
        // One visit to the event loop sends the acknowledgements of all that is settled until then.
        guard isFirst else { return }
        connection.onLoop { [link] _ in link.value.acknowledgeSoon() }
    }

    /// Returns what can be acknowledged, and whether there is more.
    /// - Parameter isWorthwhile: Whether to leave out lanes of which little is settled.
    func acknowledgements(isWorthwhile: Bool) -> (all: [(lane: Int, through: UInt64)], isMore: Bool) {
        state.withLock { state in
            state.isAcknowledgementAwaited = false
            return (state.book.acknowledgements(isWorthwhile: isWorthwhile), state.book.owesAcknowledgements)
        }
    }

    func ages() -> [Lane: Duration] { state.withLock { $0.book.ages(at: Date()) } }

    func drain() async {
        fail(Problem.unavailable("The group \(group) was left."))
        let link = link
        try? await connection.value { (_, done: EventLoopPromise<Void>) in link.value.leave(done) }
    }

    /// Ends like a process that is killed: the connection breaks off.
    func crash() {
        fail(Problem.unavailable("The member has ended."))
        connection.onLoop { $0.abort(.unreachable("the member has ended")) }
    }
}
