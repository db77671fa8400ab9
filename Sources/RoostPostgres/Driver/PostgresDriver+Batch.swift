import Roost
import RoostData

extension PostgresDriver {
    func run<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        if statements.isEmpty { return [] }
        let home = home(), attempts = TransactionOptions(access: access).attempts
        for attempt in 1..<attempts {
            do {
                return try await runOnce(statements, on: home, decode)
            } catch {
                guard let message = error.serverMessage, !Task.isCancelled,
                    statements.allSatisfy({ $0.mayBeRepeated(after: message, isFirst: attempt == 1) })
                else { throw error }
                try await Self.pause(after: attempt)
            }
        }
        return try await runOnce(statements, on: home, decode)
    }

    private func runOnce<Row: Sendable>(
        _ statements: [Statement], on home: Home, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        let deadline = RequestContext.current?.deadline
        return try await withConnection(on: home, .write) { lease, id, caller in
            let flight = RowsBatchFlight(statements, id: id, deadline: deadline, decode: decode, caller: caller)
            switch lease {
            case .success(let lease): lease.runAlone(flight)
            case .failure(let error): flight.end(with: error)
            }
        }
    }
}

extension Statement {
    /// Whether the engine undoes all of it if it fails. A procedure or a command of an administrator may commit a part.
    var isAtomic: Bool { Self.atomicOperations.contains(operation) }

    /// Whether the server has undone all of it, and it may succeed if it is sent again.
    /// - Parameters:
    ///   - refusal: What the server has said.
    ///   - isFirst: Whether it was not sent again before. What does not fit the schema is tried once more, in case that it has changed.
    func mayBeRepeated(after refusal: ServerMessage, isFirst: Bool) -> Bool {
        if refusal.isCatalogueRace, operation == "CREATE" { return isFirst }
        guard isAtomic else { return false }
        return refusal.allowsRepetition || isFirst && (refusal.isTypeMismatch || refusal.isCatalogueRace)
    }

    private static let atomicOperations: Set = ["SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE"]
}
