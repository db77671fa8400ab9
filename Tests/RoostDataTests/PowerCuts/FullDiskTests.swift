import Foundation
import PowerCuts
import Roost
import RoostData
import RoostTesting
import TestTools
import Testing

@testable import RoostSQLite

/// The disk is full for a while. Whoever wants to write meanwhile is told to try again later, what was reported before is kept, and
/// everything goes on once there is room.
@Suite(.timeLimit(.minutes(5))) struct FullDiskTests {
    private struct NeverFull: Error {}

    /// Writes until the disk is full.
    /// - Returns: What a caller is told then.
    private func fill(_ database: Database, with bookings: Bookings) async throws -> Problem {
        for _ in 0..<2000 {
            do {
                try await bookings.book(1, writers: 4, in: database)
            } catch let error as DatabaseError {
                #expect(error.code == .storage)
                return Problem(telling: error, of: "orders.place", in: RequestContext())
            }
        }
        throw NeverFull()
    }

    @Test func writersAreToldToComeBackAndNothingIsLost() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
        let database = try await Database.open(disk.url(), migrations: Bookings.migrations)
        for round in 0..<3 {
            disk.room = 150_000
            let problem = try await fill(database, with: bookings)
            #expect(problem.status == .unavailable && problem.headers["retry-after"] != nil)
            // Readers are not concerned.
            #expect(try await bookings.faults(in: database, after: disk.position).isEmpty, "round \(round)")
            disk.room = nil
            try await bookings.book(2, writers: 4, in: database)
            #expect(try await bookings.faults(in: database, after: disk.position).isEmpty, "round \(round)")
        }
        var cuts = PowerCuts(of: disk, seed: 1)
        cuts.advance(to: disk.position)
        let left = try TemporaryFolder()
        try cuts.leave(in: left.path, losing: .everything)
        let reopened = try await Database.open(left.databaseURL())
        #expect(try await bookings.faults(in: reopened, after: disk.position).isEmpty)
        await reopened.close()
        await database.close()
    }

    /// The log cannot be emptied into the file, which has no room for what is new.
    @Test func aCheckpointThatFindsNoRoomLosesNothing() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
        let database = try await Database.open(disk.url(), migrations: Bookings.migrations)
        disk.room = WriteAheadLog.limit + 100_000
        let begun = disk.position
        _ = try await fill(database, with: bookings)
        let hasBegun = disk.operations[begun...].contains { if case .write("test.db", _, _) = $0 { true } else { false } }
        #expect(hasBegun, "a checkpoint began")
        disk.room = nil
        try await bookings.book(2, writers: 4, in: database)
        #expect(try await bookings.faults(in: database, after: disk.position).isEmpty)
        await database.close()
    }

    @Test(.enabled("only root can mount a file system") { await SmallFileSystem.isAllowed })
    func aRealFileSystemThatIsFull() async throws {
        let small = try await SmallFileSystem(bytes: 2 << 20), disk = try RecordedDisk(small.path)
        do {
            let bookings = Bookings(on: disk), ballast = Data(count: 1 << 20)
            // By SQLite's own file system.
            let database = try await Database.open("sqlite:\(small.path)/test.db", migrations: Bookings.migrations)
            try ballast.write(to: URL(filePath: "\(small.path)/ballast"))
            #expect(try await fill(database, with: bookings).status == .unavailable)
            try FileManager.default.removeItem(atPath: "\(small.path)/ballast")
            try await bookings.book(2, writers: 4, in: database)
            #expect(try await bookings.faults(in: database, after: 0).isEmpty)
            await database.close()
        } catch {
            try await small.unmount()
            throw error
        }
        try await small.unmount()
    }
}
