import RoostData
import RoostEvents

extension Outbox {
    /// Relays until a condition holds, which is checked after each commit of the database.
    func run(on database: Database, until isDone: () async throws -> Bool) async throws {
        let relay = Task { await run() }
        do {
            let commits = database.commits()
            var iterator = commits.makeAsyncIterator()
            while try await !isDone() { await iterator.next() }
        } catch {
            relay.cancel()
            await relay.value
            throw error
        }
        relay.cancel()
        await relay.value
    }

    /// Relays until there is nothing left to relay.
    func relayAll(of database: Database) async throws {
        try await run(on: database) { try await database.first("SELECT 1 FROM roost_work WHERE state = 'waiting'") == nil }
    }
}
