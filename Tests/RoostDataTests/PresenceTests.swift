import Roost
import RoostData
import RoostSQLite
import RoostTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct PresenceTests {
    @Test func aNumberIsHeldUntilItIsReleased() async throws {
        let directory = try TemporaryFolder()
        let database = try await Database.open(directory.databaseURL()), other = try await Database.open(directory.databaseURL())
        let presence = try #require(database.presence), others = try #require(other.presence)
        let hold = try await presence.hold(7), most = try await presence.hold(1 << 61)
        #expect(try await others.isHeld(7))
        #expect(try await others.isHeld(1 << 61))
        #expect(try await !others.isHeld(8))
        await #expect(throws: DatabaseError.self) { try await others.hold(7) }
        hold.release()
        #expect(try await !others.isHeld(7))
        #expect(try await others.isHeld(1 << 61))
        try await others.hold(7).release()
        most.release()
        for database in [database, other] { await database.close() }
    }
}
