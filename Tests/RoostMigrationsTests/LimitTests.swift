import Foundation
import Roost
import RoostData
import TestTools
import Testing

/// How long statements of migrations may run and wait on PostgreSQL.
@Suite struct LimitTests {
    private let workshop: Workshop
    /// The limits of a connection. The role's own would stop a long migration.
    private static let limits: SQL = "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement"
    private static let own = ["1min", "2min"]

    init() async throws {
        workshop = try Workshop(on: .postgres)
        try await workshop.open().closing { (database) async throws in
            try await database.execute("CREATE TABLE seen (lock text, statement text)")
            for (name, limit) in zip(["lock_timeout", "statement_timeout"], Self.own) {
                try await database.execute(SQL(raw: "ALTER DATABASE \(workshop.name) SET \(name) = '\(limit)'"))
            }
        }
    }

    private func texts(_ sql: SQL, in database: some Querying) async throws -> [[String]] {
        try await database.query(sql).map { [try $0.get("lock"), try $0.get("statement")] }
    }

    /// Checks that the role's limits hold on all connections.
    private func checkLimitsAreOwn(in database: Database) async throws {
        try await database.transaction { (first) async throws in
            #expect(try await texts(Self.limits, in: first) == [Self.own])
            // While that one is open, others have connections of their own.
            let others = try await Task.detached {
                try await database.transaction { second in
                    let third = try await Task.detached { try await database.transaction { try await texts(Self.limits, in: $0) } }.value
                    return try await texts(Self.limits, in: second) + third
                }
            }.value
            #expect(others == [Self.own, Self.own])
        }
    }

    @Test(arguments: [
        "INSERT INTO seen SELECT current_setting('lock_timeout'), current_setting('statement_timeout')",
        "-- roost: no-transaction\nINSERT INTO seen SELECT current_setting('lock_timeout'), current_setting('statement_timeout')",
        """
        -- roost: in-batches
        INSERT INTO seen SELECT current_setting('lock_timeout'), current_setting('statement_timeout') WHERE NOT EXISTS (SELECT 1 FROM seen)
        """,
    ])
    func everyMigrationHasTheSameLimits(sql: String) async throws {
        try await workshop.open().closing { (database) async throws in
            try await database.migrate([Migration("1_limits", sql)])
            #expect(try await texts("SELECT lock, statement FROM seen", in: database) == [["5s", "0"]])
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
            try await database.execute("INSERT INTO seen VALUES ('a', 'b')")
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
}
