import Foundation
import Roost
import RoostData
import TestTools
import Testing

/// How long statements of migrations may run and wait on PostgreSQL.
@Suite struct LimitTests {
    private let workshop: Workshop
    /// The limits of a connection. The role's own would stop a long migration.
    private static let limits = """
        SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement, \
        coalesce(current_setting('transaction_timeout', true), '0') AS whole
        """
    private let own: [String]

    init() async throws {
        let workshop = try Workshop(on: .postgres)
        self.workshop = workshop
        own = try await workshop.open().closing { (database) async throws in
            try await database.execute("CREATE TABLE seen (lock text, statement text, whole text)")
            // Servers have that one from PostgreSQL 17 on.
            let isKnown = try await database.first("SELECT 1 FROM pg_settings WHERE name = 'transaction_timeout'") != nil
            let limits = [("lock_timeout", "1min"), ("statement_timeout", "2min")] + (isKnown ? [("transaction_timeout", "3min")] : [])
            for (name, limit) in limits {
                try await database.execute(SQL(raw: "ALTER DATABASE \(workshop.name) SET \(name) = '\(limit)'"))
            }
            return ["1min", "2min", isKnown ? "3min" : "0"]
        }
    }

    private func texts(_ sql: SQL, in database: some Querying) async throws -> [[String]] {
        try await database.query(sql).map { [try $0.get("lock"), try $0.get("statement"), try $0.get("whole")] }
    }

    /// Checks that the role's limits hold on all connections.
    private func checkLimitsAreOwn(in database: Database) async throws {
        try await database.transaction { (first) async throws in
            #expect(try await texts(SQL(raw: Self.limits), in: first) == [own])
            // While that one is open, others have connections of their own.
            let others = try await Task.detached {
                try await database.transaction { second in
                    let third = try await Task.detached {
                        try await database.transaction { try await texts(SQL(raw: Self.limits), in: $0) }
                    }.value
                    return try await texts(SQL(raw: Self.limits), in: second) + third
                }
            }.value
            #expect(others == [own, own])
        }
    }

    @Test(arguments: [
        "INSERT INTO seen \(LimitTests.limits)", "-- roost: no-transaction\nINSERT INTO seen \(LimitTests.limits)",
        "-- roost: in-batches\nINSERT INTO seen \(LimitTests.limits) WHERE NOT EXISTS (SELECT 1 FROM seen)",
    ])
    func everyMigrationHasTheSameLimits(sql: String) async throws {
        try await workshop.open().closing { (database) async throws in
            try await database.migrate([Migration("1_limits", sql)])
            #expect(try await texts("SELECT lock, statement, whole FROM seen", in: database) == [["5s", "0", "0"]])
            try await checkLimitsAreOwn(in: database)
        }
    }

    @Test func aMigrationThatFailsLeavesNoLimitsBehind() async throws {
        try await workshop.open().closing { (database) async throws in
            await #expect(throws: DatabaseError.self) {
                try await database.migrate([Migration("1_fault", "-- roost: no-transaction\nSELECT 1 / 0")])
            }
            try await checkLimitsAreOwn(in: database)
        }
    }

    /// One that works concurrently waits for older transactions, and nobody waits behind it.
    @Test func anIndexIsBuiltAsLongAsItTakes() async throws {
        try await workshop.open().closing { (database) async throws in
            try await database.execute(
                """
                CREATE FUNCTION note(value text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
                    RAISE EXCEPTION '% %', current_setting('lock_timeout'), current_setting('statement_timeout');
                END $$
                """)
            try await database.execute("INSERT INTO seen VALUES ('a', 'b', 'c')")
            await #expect {
                try await database.migrate([
                    Migration("1_index", "-- roost: no-transaction\nCREATE INDEX CONCURRENTLY noted ON seen (note(lock))")
                ])
            } throws: {
                "\($0)".contains("0 0")
            }
            try await checkLimitsAreOwn(in: database)
        }
    }

    /// The transaction that holds the lock of migrations lasts as long as all of them.
    @Test func theLockIsHeldLongerThanTransactionsMayLast() async throws {
        try await workshop.open().closing { (database) async throws in
            guard own[2] != "0" else { return }
            try await database.execute(SQL(raw: "ALTER DATABASE \(workshop.name) SET transaction_timeout = '1s'"))
        }
        try await workshop.open().closing { (database) async throws in
            try await database.migrate([Migration("1_long", "SELECT pg_sleep(1.5)"), Migration("2_next", "CREATE TABLE late (line text)")])
            #expect(try await database.query("SELECT 1 FROM late").isEmpty)
        }
    }
}
