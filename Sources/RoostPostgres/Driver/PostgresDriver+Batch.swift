import RoostData

extension PostgresDriver {
    func run<Row: Sendable>(
        _ statements: [Statement], for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        if statements.isEmpty { return [] }
        let home = home(), options = TransactionOptions(access: access)
        for attempt in 1..<options.attempts {
            do {
                return try await runOnce(statements, options, on: home, decode)
            } catch {
                // The server has said that nothing had an effect.
                guard let message = error.serverMessage, !Task.isCancelled else { throw error }
                // What does not fit the schema is tried once more, in case that it has changed.
                let mayPass = message.allowsRepetition || attempt == 1 && (message.isTypeMismatch || message.isCatalogueRace)
                guard mayPass else { throw error }
                try await Self.pause(after: attempt)
            }
        }
        return try await runOnce(statements, options, on: home, decode)
    }

    private func runOnce<Row: Sendable>(
        _ statements: [Statement], _ options: TransactionOptions, on home: Home, _ decode: @escaping RowDecoder<Row>
    ) async throws -> [StatementResult<Row>] {
        let lease = try await reserve(on: home, options)
        let result: Result<[StatementResult<Row>], any Error>
        do {
            result = .success(try await PostgresSession(lease: lease).runAlone(statements, decode))
        } catch {
            result = .failure(error)
        }
        _ = await lease.end()
        return try result.get()
    }
}
