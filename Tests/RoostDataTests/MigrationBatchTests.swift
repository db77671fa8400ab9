import Foundation
import Roost
import RoostSQLite
import RoostTesting
import Synchronization
import TestTools
import Testing

@testable import RoostData

@Suite struct MigrationBatchTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    /// A large table meets others that use it again and again, in a run of hours.
    @Test func eachBatchHasAllAttempts() async throws {
        let plain = try await Database.open(
            directory.databaseURL(),
            migrations: [
                Migration("1_one", "CREATE TABLE one (id INTEGER); INSERT INTO one SELECT value FROM json_each('[1, 2, 3, 4, 5, 6, 7, 8]')")
            ])
        let busy = BusyDriver(plain.driver)
        let database = try await Database(driver: busy, clock: HastyClock())
        let batches = Migration(
            "2_batches", "-- roost: in-batches\nUPDATE one SET id = -id WHERE rowid IN (SELECT rowid FROM one WHERE id > 0 LIMIT 1)")
        try await database.migrate([batches])
        #expect(try await plain.query("SELECT 1 FROM one WHERE id < 0").count == 8)
        #expect(busy.refusals > 12)
        await plain.close()
    }
}

/// A driver that refuses two of three transactions that write, as if others had locked the tables.
private final class BusyDriver: DatabaseDriver {
    private let driver: any DatabaseDriver
    private let count = Atomic(0)

    init(_ driver: any DatabaseDriver) { self.driver = driver }

    var dialect: Dialect { driver.dialect }
    var presence: (any DatabasePresence)? { driver.presence }
    var refusals: Int { count.load(ordering: .relaxed) * 2 / 3 }

    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        let isRefused = options.access == .write && count.wrappingAdd(1, ordering: .relaxed).newValue % 3 != 0
        if isRefused { throw Problem.unavailable("The table is locked.") }
        return try await driver.transaction(options, body)
    }

    func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> { try await driver.run(statement, for: access, decode) }

    func signals(_ channel: String) -> AsyncStream<Void> { driver.signals(channel) }
    func close() async {}
}

/// A clock whose pauses take no time.
private struct HastyClock: ServiceClock {
    var now: Date { Date(timeIntervalSince1970: 1_800_000_000) }
    var uptime: Duration { .zero }
    func sleep(for duration: Duration) async throws {}
}
