import NIOCore
import Roost
import RoostData

/// The connection of a transaction in progress.
struct PostgresSession: DatabaseSession {
    let lease: NIOLoopBound<Lease>

    func run<Row: Sendable>(_ statement: Statement, _ decode: @escaping RowDecoder<Row>) async throws -> StatementResult<Row> {
        try await call { lease, id, deadline, caller in
            lease.run(RowsFlight(statement, id: id, deadline: deadline, decode: decode, caller: caller))
        }
    }

    func run<Row: Sendable>(_ statements: [Statement], _ decode: @escaping RowDecoder<Row>) async throws -> [StatementResult<Row>] {
        if statements.isEmpty { return [] }
        return try await call { lease, id, deadline, caller in
            lease.run(RowsBatchFlight(statements, id: id, deadline: deadline, decode: decode, caller: caller))
        }
    }

    func run(script: String) async throws {
        try await call { (lease, id, deadline, caller: UnsafeContinuation<Void, any Error>) in
            lease.run(script: script, ScriptFlight(id: id, deadline: deadline) { caller.resume(with: $0) })
        }
    }

    func stream<Row: Sendable>(
        _ statement: Statement, fetchSize count: Int, _ decode: @escaping RowDecoder<Row>, _ body: ([Row]) async throws -> Void
    ) async throws {
        let size = Int32(clamping: max(1, count))
        var portion: Portion<Row> = try await call { lease, id, deadline, caller in
            lease.run(
                PortionFlight(
                    statement, portal: lease.nextPortal(), size: size, id: id, deadline: deadline, decode: decode, caller: caller))
        }
        do {
            while true {
                if !portion.rows.isEmpty { try await body(portion.rows) }
                guard let next = portion.rest else { return }
                portion = try await call { lease, id, deadline, caller in
                    lease.resume(
                        PortionFlight(
                            statement, portal: next.portal, size: size, id: id, deadline: deadline, decode: decode, caller: caller),
                        next.statement.value)
                }
            }
        } catch {
            if let portal = portion.rest?.portal { onLoop { $0.closePortal(portal) } }
            throw error
        }
    }

    func savepoint(_ action: SavepointAction, named name: String) async throws {
        let text =
            switch action {
            case .set: "SAVEPOINT \(name)"
            case .release: "RELEASE \(name)"
            case .rollBack: "ROLLBACK TO \(name); RELEASE \(name)"
            }
        try await run(script: text)
    }

    func signal(_ channel: String) async throws {
        guard Listener.isValid(channel) else {
            throw DatabaseError(
                .engine, "\"\(channel)\" is not the name of a channel: use 1 to 63 lowercase letters, digits and underscores")
        }
        try await call { (lease, _, _, caller: UnsafeContinuation<Void, any Error>) in
            lease.signal(channel)
            caller.resume()
        }
    }
}

extension PostgresSession {
    typealias Start<Value: Sendable> =
        @Sendable (Lease, _ id: UInt64, _ deadline: ContinuousClock.Instant?, UnsafeContinuation<Value, any Error>) -> Void

    /// Sends a flight on the loop, and waits for its answer. If the task is cancelled, the statement is stopped.
    private func call<Value: Sendable>(_ start: @escaping Start<Value>) async throws -> Value {
        try Task.checkCancellation()
        let id = CallNumber.next(), deadline = RequestContext.current?.deadline
        return try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { caller in onLoop { start($0, id, deadline, caller) } }
        } onCancel: {
            lease.eventLoop.execute { lease.value.pool.abandon(id, CancellationError()) }
        }
    }

    func onLoop(_ action: @escaping @Sendable (Lease) -> Void) {
        if lease.eventLoop.inEventLoop { action(lease.value) } else { lease.eventLoop.execute { action(lease.value) } }
    }
}

extension UnsafeContinuation where T == Void, E == any Error {
    /// Resumes with an error, or without one.
    func resume(with error: (any Error)?) {
        if let error { resume(throwing: error) } else { resume() }
    }
}
