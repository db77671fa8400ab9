import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Synchronization
import Testing

@testable import RoostWork

@Suite(.timeLimit(.minutes(5))) struct EvictionTests {
    /// A clock that goes on by a second whenever somebody looks at it.
    private final class HurriedClock: ServiceClock {
        private let looks = Atomic(0)

        var now: Date { Date(timeIntervalSince1970: Double(looks.wrappingAdd(1, ordering: .relaxed).newValue)) }
        var uptime: Duration { .zero }

        func sleep(for duration: Duration) async throws {}
    }

    /// A job whose worker is not on record is never worked on again.
    @Test(arguments: 0..<6)
    func aLeaseThatExpiresMeanwhileLeavesNoJobBehind(seconds: Int) async throws {
        let directory = try TemporaryFolder()
        let database = try await Database.open(directory.databaseURL(), migrations: WorkTables.migrations, clock: HurriedClock())
        try await database.execute(
            """
            INSERT INTO roost_work (queue, id, job, added_at, due_at, worker, epoch) VALUES ('chores', 'a', '', 0, 0, 'gone', 1)
            """)
        let now = try #require(try await database.first("SELECT \(database.clock.now) AS now")).get("now", as: Int64.self)
        try await database.execute("INSERT INTO roost_workers (id, expires_at) VALUES ('gone', \(now + Int64(seconds) * 1000))")
        _ = try await WorkStore(queue: "chores", database: database).evict(dead: [])
        let lost = "SELECT 1 FROM roost_work WHERE worker IS NOT NULL AND worker NOT IN (SELECT id FROM roost_workers)" as SQL
        #expect(try await database.query(lost).isEmpty)
        await database.close()
    }
}
