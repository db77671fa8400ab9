import Foundation
import TestTools
import Testing

extension PostgresServer {
    /// Waits until a session of a database waits for a lock that another one holds.
    func waitForWaiter(in database: String) async throws {
        let query = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event_type = 'Lock'"
        while try await psql(query) == "0" { await Task.yield() }
    }
}

/// A lock that another session holds, so that statements wait for exactly as long as a test wants.
final class AdvisoryLock: Sendable {
    let key: Int64
    private let server: PostgresServer
    private let holder: TestProcess

    /// Takes a lock that nobody else uses. Locks belong to a database.
    static func take(_ server: PostgresServer, in database: String = "postgres") async throws -> AdvisoryLock {
        let key = Int64.random(in: 1...Int64(Int32.max))
        let holder = try await server.sessionHolding(lock: key, database: database)
        #expect(await holder.line() == "held")
        return AdvisoryLock(key, server, holder)
    }

    private init(_ key: Int64, _ server: PostgresServer, _ holder: TestProcess) {
        (self.key, self.server, self.holder) = (key, server, holder)
    }

    /// Waits until a session waits for the lock.
    func waitForWaiter() async throws {
        while try await server.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = \(key) AND NOT granted") == "0" {
            await Task.yield()
        }
    }

    /// Releases the lock, and returns when it is free.
    func release() async {
        let query = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_locks WHERE locktype = 'advisory' AND objid = \(key) AND granted"
        _ = try? await server.psql(query)
        _ = await holder.end()
    }
}
