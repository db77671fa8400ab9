import NIOCore
import Roost
import RoostData

/// The use of a connection by one transaction. It lives on the connection's event loop.
final class Lease {
    let connection: PostgresConnection
    let pool: LoopPool
    private let options: TransactionOptions
    /// Whether the transaction was begun, which goes out together with its first statement.
    private var hasBegun = false
    private(set) var isOpen = true
    /// The channels to signal with the commit.
    private(set) var signals: Set<String> = []
    private var portalNumber = 0

    init(_ connection: PostgresConnection, _ pool: LoopPool, _ options: TransactionOptions) {
        self.connection = connection
        self.pool = pool
        self.options = options
    }

    /// The statement that begins the transaction, if it was not sent and each statement is not a transaction of its own.
    private var begin: String? {
        guard !hasBegun, options.hasTransaction else { return nil }
        return "BEGIN ISOLATION LEVEL \(options.isolation.rawValue) \(options.access == .read ? "READ ONLY" : "READ WRITE")"
    }

    /// Sends a flight, once the shapes of its statements are known.
    func run(_ flight: PreparedFlight) {
        guard check(flight) else { return }
        withShapes(for: flight) { [self] error in
            guard check(flight) else { return }
            if let error { return refuse(flight, error) }
            do {
                try connection.send(flight, after: flight.isAlone ? nil : begin)
                hasBegun = hasBegun || options.hasTransaction && !flight.isAlone
            } catch {
                refuse(flight, error)
            }
        }
        pool.startWatch()
    }

    /// Sends a flight that is a transaction by itself, and gives back the connection after it: the server begins a transaction with the first
    /// statement of a flight, and commits it with the last (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING).
    func runAlone(_ flight: BatchFlight) {
        flight.isAlone = true
        run(flight)
    }

    /// Sends statements of trusted text.
    func run(script: String, _ flight: Flight) {
        guard check(flight) else { return }
        connection.send(script: begin.map { "\($0); \(script)" } ?? script, flight)
        hasBegun = options.hasTransaction
        pool.startWatch()
    }

    /// Asks for more rows of a portal.
    func resume(_ flight: StatementFlight, _ statement: SentStatement) {
        guard check(flight) else { return }
        connection.resume(flight, statement)
        pool.startWatch()
    }

    /// Frees a portal whose rest is not wanted.
    func closePortal(_ name: String) {
        if isOpen, connection.isOpen { connection.close(portal: name) }
    }

    func signal(_ channel: String) { signals.insert(channel) }

    /// Returns a name for a portal.
    func nextPortal() -> String {
        portalNumber += 1
        return "roost\(portalNumber)"
    }

    /// Ends the transaction.
    /// - Parameter done: Takes the error, if it was not committed.
    func commit(_ done: @escaping ((any Error)?) -> Void) {
        isOpen = false
        guard connection.isOpen else { return done(Problem.connectionLost(cause: connection.ending)) }
        // A server answers the commit of a failed transaction as if nothing were wrong.
        guard connection.status != .failed else { return done(connection.failure?.error ?? Self.failed) }
        let notices = signals.sorted().map { "NOTIFY \"\($0)\"" }
        let end = options.durability == .deferred ? ["SET LOCAL synchronous_commit TO OFF", "COMMIT"] : ["COMMIT"]
        let script = (notices + (hasBegun ? end : [])).joined(separator: "; ")
        guard !script.isEmpty else { return done(nil) }
        connection.send(script: script, ScriptFlight(deadline: .now + .seconds(30), commits: true, done: done))
        pool.startWatch()
    }

    /// Undoes the transaction, and gives back the connection.
    func rollBack(_ done: @escaping () -> Void) {
        isOpen = false
        // A statement that was given up may still be running, also without a transaction around it.
        guard connection.isOpen, begin == nil || connection.load > 0 else { return done() }
        connection.send(script: "ROLLBACK", ScriptFlight(deadline: .now + pool.settings.cancelTimeout) { _ in done() })
        pool.startWatch()
    }

    /// Gives back the connection. It is used again only if the server is ready for it.
    func release() {
        isOpen = false
        // Statements outside a transaction may have left settings behind.
        if !options.hasTransaction { connection.isRetiring = true }
        pool.release(connection, isClean: connection.status == .idle)
    }

    /// Whether the transaction has failed, and can succeed if it is run again.
    var isRepeatable: Bool { connection.isOpen && connection.status == .failed && connection.failure?.allowsRepetition == true }

    static let failed = DatabaseError(.engine, "a statement of the transaction failed, so it cannot be committed")

    private func check(_ flight: Flight) -> Bool {
        if !isOpen {
            refuse(flight, DatabaseError(.closed, "the transaction is over"))
        } else if !connection.isOpen {
            refuse(flight, Problem.connectionLost(cause: connection.ending))
        } else if pool.wasOvertaken(flight.id) {
            refuse(flight, CancellationError())
        } else {
            return true
        }
        return false
    }

    /// Ends a flight that is not sent.
    private func refuse(_ flight: Flight, _ error: any Error) {
        flight.end(with: error)
        guard flight.isAlone else { return }
        // Not within the pool's own turn: the next of those who wait might fail as well, and the one after it.
        connection.loop.assumeIsolated().execute { self.rollBack { self.release() } }
    }
}

extension Lease {
    /// Finds out the shapes of a flight's statements. What that takes ends with the flight.
    /// - Parameter done: Takes the error, if one was not found out.
    private func withShapes(for flight: PreparedFlight, _ done: @escaping ((any Error)?) -> Void) {
        guard let unknown = flight.takeShapes(from: &pool.shapes) else { return done(nil) }
        describe(unknown, for: flight) { [self] result in
            switch result {
            case .success: withShapes(for: flight, done)
            case .failure(let error): done(error)
            }
        }
    }

    private func describe(_ statement: Statement, for flight: Flight, _ done: @escaping (Result<StatementShape, any Error>) -> Void) {
        let declared = statement.bindings.map(ParameterEncoder.declaredType)
        guard hasBegun, declared.contains(where: { $0 != .undeclared }) else {
            return pool.describe(statement, for: flight, on: connection, done)
        }
        // A description that fails would end the transaction, although another attempt may succeed.
        send(script: "SAVEPOINT roost_describe", for: flight)
        pool.describe(statement.text, declared, for: flight, on: connection) { [self] result in
            guard connection.isOpen else { return done(result) }
            guard case .failure(let error) = result, LoopPool.concernsTypes(error, declared) else {
                if case .success = result { send(script: "RELEASE roost_describe", for: flight) }
                return done(result)
            }
            send(script: "ROLLBACK TO roost_describe; RELEASE roost_describe", for: flight)
            pool.describe(statement.text, [], for: flight, on: connection, done)
        }
    }

    private func send(script: String, for flight: Flight) {
        connection.send(script: script, ScriptFlight(id: flight.id, deadline: flight.deadline) { _ in })
    }
}
