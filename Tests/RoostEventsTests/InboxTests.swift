import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

@testable import RoostEvents

/// The memory of the events that were handled.
@Suite(.timeLimit(.minutes(5))) struct InboxTests {
    private func event(_ number: Int) -> ParkedEvent {
        ParkedEvent(EventEnvelope(Counted(series: "a", number: number), source: "test"), for: "hear", generation: 0)
    }

    @Test func eventsAreRememberedForTheirTimeAndThenForgottenHoweverManyTheyAre() async throws {
        let folder = try TemporaryFolder(), clock = TestClock(), old = (1...2100).map(event), new = event(0)
        let database = try await Database.open(folder.databaseURL(), migrations: Inbox.migrations, clock: clock)
        try await database.transaction { transaction in
            for event in old {
                let isNew = try await Inbox.record(event, in: transaction)
                #expect(isNew)
            }
        }
        clock.advance(by: .seconds(Inbox.retention - 1))
        try await Inbox.prune(database)
        let isKnown = try await Inbox.contains(old[0], under: ["hear"], in: database)
        #expect(isKnown)
        try await database.transaction { _ = try await Inbox.record(new, in: $0) }
        clock.advance(by: .seconds(2))
        try await Inbox.prune(database)
        let left = try await database.query("SELECT event_id FROM roost_inbox").map { try $0.get("event_id", as: String.self) }
        #expect(left == [new.event.id])
        await database.close()
    }
}
