import Foundation
import PowerCuts
import Roost
import RoostData
import RoostTesting
import Testing

@testable import RoostSQLite

/// The power is cut, at every synchronization of the disk and at moments in between. What was reported as committed is there afterwards, and
/// nothing is there in part.
@Suite(.timeLimit(.minutes(5))) struct PowerCutTests {
    /// A fault, and the cut that led to it.
    private struct Finding: CustomStringConvertible {
        let fault: Bookings.Fault
        let position: Int
        let loss: Loss
        let seed: UInt64

        var description: String { "\(fault), with the power cut after \(position) operations, which loses \(loss) (seed \(seed))" }
    }

    private static let seeds: [UInt64] = [1, 2, 3, 4]

    /// Opens what each of the cuts leaves, and checks it.
    private func findings(
        _ bookings: Bookings, on disk: RecordedDisk, at positions: [Int], losing losses: [Loss], seed: UInt64
    ) async throws -> [Finding] {
        var findings: [Finding] = [], cuts = PowerCuts(of: disk, seed: seed)
        for position in positions.sorted() {
            cuts.advance(to: position)
            for loss in losses {
                let folder = try TemporaryFolder()
                try cuts.leave(in: folder.path, losing: loss)
                let database = try await Database.open(folder.databaseURL())
                let faults = try await bookings.faults(in: database, after: position)
                findings += faults.map { Finding(fault: $0, position: position, loss: loss, seed: seed) }
                await database.close()
            }
        }
        return findings
    }

    private func moments(of disk: RecordedDisk, _ count: Int, seed: UInt64) -> [Int] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Int.random(in: 0...disk.position, using: &random) }
    }

    @Test(arguments: seeds) func whatWasReportedAsCommittedIsThere(seed: UInt64) async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
        let database = try await Database.open(disk.url(), migrations: Bookings.migrations)
        try await bookings.book(12, writers: 5, in: database)
        let positions = PowerCuts(of: disk, seed: seed).beforeSyncs + moments(of: disk, 30, seed: seed)
        let findings = try await findings(
            bookings, on: disk, at: positions, losing: [.everything, .tail, .some, .nothing], seed: seed)
        #expect(findings.isEmpty)
        await database.close()
    }

    /// A commit that the disk does not have yet when it is reported is the fault that these tests are for.
    @Test func theCheckFindsCommitsThatWereReportedTooEarly() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
        let database = try await Database.open(disk.url("test.db", "synchronous=normal"), migrations: Bookings.migrations)
        try await bookings.book(4, writers: 3, in: database)
        let moments = moments(of: disk, 30, seed: 1) + [disk.position]
        let findings = try await findings(bookings, on: disk, at: moments, losing: [.everything, .tail, .some], seed: 1)
        #expect(findings.contains { if case .lost = $0.fault { true } else { false } })
        // As the setting promises.
        #expect(findings.allSatisfy { if case .lost = $0.fault { true } else { false } })
        await database.close()
    }

    /// What need not be durable may be lost, but never before a later commit that is there.
    @Test(arguments: seeds) func onlyTheLastDeferredCommitsMayBeLost(seed: UInt64) async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
        let database = try await Database.open(disk.url(), migrations: Bookings.migrations)
        try await bookings.book(15, writers: 4, { Bool.random() ? .durable : .deferred }, in: database)
        let positions = PowerCuts(of: disk, seed: seed).beforeSyncs + moments(of: disk, 30, seed: seed)
        let findings = try await findings(bookings, on: disk, at: positions, losing: [.everything, .tail, .some], seed: seed)
        #expect(findings.isEmpty)
        await database.close()
    }

    /// A deferred commit saves the synchronization, which is its only point.
    @Test func deferredCommitsAreNotSynchronized() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
        let database = try await Database.open(disk.url(), migrations: Bookings.migrations)
        let before = PowerCuts(of: disk, seed: 1).beforeSyncs.count
        // The first commits of a log write its header.
        try await bookings.book(1, writers: 1, { .deferred }, in: database)
        let between = PowerCuts(of: disk, seed: 1).beforeSyncs.count
        try await bookings.book(10, writers: 1, { .deferred }, in: database)
        #expect(between - before <= 1)
        #expect(PowerCuts(of: disk, seed: 1).beforeSyncs.count == between)
        await database.close()
    }

    /// A database is opened after a cut, used, and cut again.
    @Test(arguments: seeds) func cutsFollowOnCuts(seed: UInt64) async throws {
        var folder = try TemporaryFolder(), random = SeededGenerator(seed: seed)
        for round in 0..<6 {
            let disk = try RecordedDisk(folder.path), bookings = Bookings(on: disk)
            let database = try await Database.open(disk.url(), migrations: Bookings.migrations)
            try await bookings.book(3, writers: 4, in: database)
            let position = Int.random(in: 0...disk.position, using: &random)
            let loss = [Loss.everything, .tail, .some].randomElement(using: &random) ?? .everything
            let left = try TemporaryFolder()
            var cuts = PowerCuts(of: disk, seed: seed)
            cuts.advance(to: position)
            try cuts.leave(in: left.path, losing: loss)
            let reopened = try await Database.open(left.databaseURL())
            let faults = try await bookings.faults(in: reopened, after: position)
            #expect(faults.isEmpty, "round \(round), the power cut after \(position) operations, which loses \(loss) (seed \(seed))")
            // Nobody has closed it.
            let next = try TemporaryFolder()
            for name in ["test.db", "test.db-wal"] where FileManager.default.fileExists(atPath: left.file(name)) {
                try FileManager.default.copyItem(atPath: left.file(name), toPath: next.file(name))
            }
            await reopened.close()
            await database.close()
            folder = next
        }
    }
}
