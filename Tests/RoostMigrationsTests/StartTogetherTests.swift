import Foundation
import Roost
import RoostPostgres
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostData
@testable import RoostTesting

/// Processes that migrate a database on PostgreSQL, each with connections of its own.
@Suite(.timeLimit(.minutes(5))) struct StartTogetherTests {
    private let url: String
    private let migrations = [
        Migration("1_tables", "CREATE TABLE notes (number bigint)"), Migration("2_row", "INSERT INTO notes VALUES (1)"),
        Migration("3_index", "-- roost: no-transaction\nCREATE INDEX CONCURRENTLY notes_number ON notes (number)"),
    ]

    init() async throws { url = try await PostgresServer.shared().url(options: "connections=2") }

    private func open() async throws -> Database {
        try await [Driver].forTests.open(ResourceURL(url, key: "DATABASE_URL"), as: Database.self)
    }

    @Test func tenThatStartAtOnceMigrateOnce() async throws {
        await (try open()).close()
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let database = try await open()
                    let applied = try await database.migrate(migrations)
                    await database.close()
                    return applied
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == migrations.map(\.name))
        let database = try await open()
        #expect(try await database.query("SELECT * FROM notes").count == 1)
        await database.close()
    }

    /// The one that checks sees some migrations recorded and others not. It waits, since the one that applies them has not ended.
    @Test func oneThatChecksWaitsForOneThatApplies() async throws {
        let first = try await open(), clock = CountingClock()
        let second = try await Database.open(postgres: url, clock: clock)
        try await first.migrate([migrations[0]])
        let check = try await first.whileMigrating { [migrations] in
            let check = Task.detached { try await second.bringUpToDate(with: migrations, by: .check) }
            try await clock.pauses.wait(for: "a pause") { $0 > 0 ? () : nil }
            try await first.transaction { transaction in
                for migration in migrations.dropFirst() { try await transaction.record(migration) }
            }
            return check
        }
        try await check.value
        #expect(try await !second.isBeingMigrated())
        await first.close()
        await second.close()
    }

    /// In production, nobody has prepared the database: one applies, and none is refused because it sees some migrations recorded.
    @Test func tenReplicasStartInAnEmptyDatabase() async throws {
        await (try open()).close()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    let database = try await open()
                    try await database.bringUpToDate(
                        with: migrations, by: database.usualMigrationMode(isInDevelopment: false))
                    #expect(try await database.migrationStatus(of: migrations).pending.isEmpty)
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
    }

    /// As a process leaves it that died before it applied anything.
    @Test func anEmptyTableOfRecordsIsThatOfANewDatabase() async throws {
        let database = try await open()
        try await database.execute(MigrationRecords.table)
        #expect(try await database.usualMigrationMode(isInDevelopment: false) == .apply)
        try await database.migrate([migrations[0]])
        #expect(try await database.usualMigrationMode(isInDevelopment: false) == .check)
        await database.close()
    }

    @Test func oneThatChecksAloneIsRefused() async throws {
        let database = try await open()
        try await database.migrate([migrations[0]])
        await #expect { try await database.bringUpToDate(with: migrations, by: .check) } throws: {
            "\($0)".contains("2 migrations from 2_row on must be applied: run the command `migrate up`")
        }
        await database.close()
    }
}

/// A clock that counts pauses, and makes them short.
private final class CountingClock: ServiceClock {
    let pauses = Observed(0)

    var now: Date { WallClock().now }
    var uptime: Duration { WallClock().uptime }

    func sleep(for duration: Duration) async throws {
        pauses.change { $0 += 1 }
        try await WallClock().sleep(for: min(duration, .milliseconds(10)))
    }
}
