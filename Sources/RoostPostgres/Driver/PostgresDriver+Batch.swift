import RoostData

extension PostgresDriver {
    func run<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        if statements.isEmpty { return [] }
        for attempt in 1..<TransactionOptions(access: access).attempts {
            do {
                return try await runOnce(statements, for: access, decode)
            } catch {
                // The server has said that nothing had an effect.
                guard error.serverMessage?.allowsRepetition == true, !Task.isCancelled else { throw error }
                try await Self.pause(after: attempt)
            }
        }
        return try await runOnce(statements, for: access, decode)
    }

    private func runOnce<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        try await share { id, deadline, start, caller in
            RowsBatchFlight(
                statements, id: id, onlyReads: access == .read, deadline: deadline, start: start, decode: decode, caller: caller)
        }
    }
}
