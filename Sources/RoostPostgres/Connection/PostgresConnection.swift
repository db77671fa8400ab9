import NIOCore
import NIOSSL
import Roost
import RoostData

/// What a connection tells its owner. Everything happens on the connection's event loop.
protocol ConnectionOwner: AnyObject {
    /// A flight was answered. The owner ends it.
    func connection(_ connection: PostgresConnection, finished flight: Flight, _ status: TransactionStatus)
    /// The server has sent a notification.
    func connection(_ connection: PostgresConnection, notified channel: String)
    /// The connection is gone, and so are the flights that were not answered. The owner ends them.
    func connection(_ connection: PostgresConnection, lost flights: [Flight], _ reason: (any Error)?)
}

/// One connection to a server, which lives on its event loop.
///
/// What callers send within one turn of the loop is written at once, and answers are read in place, from the bytes as they arrived.
final class PostgresConnection {
    let loop: any EventLoop
    let channel: any Channel
    private(set) var session = ServerSession()
    private(set) var isOpen = true
    /// What has been written in this turn of the loop.
    var out: ByteBuffer
    var conversation = Conversation()
    var owner: (any ConnectionOwner)?
    var statements: LeastRecentlyUsed<ObjectIdentifier, PreparedStatement>
    /// The names of statements that the server has, and that the next flight frees.
    var dropped: [String] = []
    var statementNumber = 0
    /// Whether statements have no names, because the next transaction may reach another server process.
    let usesUnnamedStatements: Bool
    private var isFlushAwaited = false
    private var isReading = true

    /// What the server said last about its transaction.
    private(set) var status = TransactionStatus.idle
    /// The error that made the transaction fail, for as long as it is failed.
    private(set) var failure: ServerMessage?
    /// Why the connection was closed.
    private(set) var ending: (any Error)?

    // What the pool knows of the connection.

    /// Whether it belongs to one caller.
    var isReserved = false
    /// Whether it will be reserved as soon as its flights are answered.
    var isPromised = false
    /// Whether it is to be closed as soon as it is free.
    var isRetiring = false
    /// Whether it is being checked after a long time without work.
    var isChecking = false
    var lastUsed = NIODeadline.now()
    var expiry = NIODeadline.distantFuture
    /// The number of cancel requests that may still hit whatever the connection runs. Until they are over, it takes nothing new.
    var pendingCancels = 0
    /// The address of the server, for cancel requests.
    let endpoint: Endpoint

    init(_ channel: any Channel, endpoint: Endpoint, usesUnnamedStatements: Bool, statementCapacity: Int) {
        loop = channel.eventLoop
        self.channel = channel
        self.endpoint = endpoint
        self.usesUnnamedStatements = usesUnnamedStatements
        statements = LeastRecentlyUsed(capacity: statementCapacity)
        out = channel.allocator.buffer(capacity: 4096)
    }

    /// The number of flights that wait for an answer.
    var load: Int { conversation.flights.count }

    var isWritable: Bool { channel.isWritable }

    func begin(_ session: ServerSession) { self.session = session }

    /// Adds a flight whose messages have been written to `out`.
    func depart(_ flight: Flight) {
        conversation.add(flight)
        lastUsed = .now()
        flushLater()
    }

    /// Writes everything at the end of this turn of the loop.
    func flushLater() {
        guard !isFlushAwaited else { return }
        isFlushAwaited = true
        loop.assumeIsolated().execute { self.flush() }
    }

    /// - Parameter written: Succeeds when the system has taken everything.
    func flush(_ written: EventLoopPromise<Void>? = nil) {
        isFlushAwaited = false
        guard isOpen, out.readableBytes > 0 else { written?.succeed(); return }
        channel.writeAndFlush(out, promise: written)
        // Large statements are rare. Their memory is not kept.
        if out.capacity > 1 << 17 { out = channel.allocator.buffer(capacity: 4096) } else { out.clear() }
    }

    /// Lets the channel be read, or not.
    func setReading(_ isReading: Bool) {
        guard isOpen, isReading != self.isReading else { return }
        self.isReading = isReading
        channel.setOption(.autoRead, value: isReading).whenComplete { _ in }
    }

    /// Takes a message of the server.
    /// - Throws: A `ProtocolViolation`, after which the connection must be closed.
    func receive(_ message: BackendMessage) throws(ProtocolViolation) {
        switch try conversation.receive(message) {
        case .none: break
        case .finished(let flight, let status):
            if status != .failed { failure = nil } else if self.status != .failed { failure = flight.refusal }
            self.status = status
            for case let parsing? in flight.parsing { forget(parsing) }
            guard let owner else { return flight.end(with: flight.refusal?.error) }
            owner.connection(self, finished: flight, status)
        case .notified(let channel): owner?.connection(self, notified: channel)
        case .parameter(let name, let value): if session.parameters[name] != nil { session.parameters[name] = value }
        case .terminated(let message): close(message)
        }
    }

    /// Forgets a prepared statement that the server does not have.
    func forget(_ statement: PreparedStatement) {
        let key = ObjectIdentifier(statement.shape)
        if statements.value(of: key) === statement { statements.remove(key) }
    }

    /// Drops a prepared statement that the server has but refuses to run.
    func drop(_ statement: PreparedStatement) {
        forget(statement)
        if !usesUnnamedStatements { dropped.append(statement.name) }
    }

    /// Closes the connection at once. Whatever was not answered is lost.
    func close(_ reason: (any Error)? = nil) {
        guard isOpen else { return }
        isOpen = false
        ending = reason
        let flights = Array(conversation.removeAll())
        channel.close(promise: nil)
        guard let owner else { return flights.forEach { $0.end(with: Problem.connectionLost(cause: reason)) } }
        owner.connection(self, lost: flights, reason)
    }

    /// Ends the connection as the protocol demands, and waits for the server to let go of it.
    /// - Parameter done: Is called once the connection is gone.
    func terminate(done: @escaping () -> Void) {
        guard isOpen else { return done() }
        isOpen = false
        let done = NIOLoopBound(done, eventLoop: loop)
        channel.closeFuture.whenComplete { _ in done.value() }
        out.writeTerminate()
        channel.writeAndFlush(out, promise: nil)
        out.clear()
        let channel = channel
        loop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
    }
}
