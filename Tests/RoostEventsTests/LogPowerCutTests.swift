import PowerCuts
import RoostData
import RoostEvents
import RoostSQLite
import RoostTesting
import Testing

/// The power is cut while the log is written and read: no accepted event is missing, and no lane is ahead of what was settled.
@Suite(.timeLimit(.minutes(5))) struct LogPowerCutTests {
    private static let count = 60

    /// What had happened when the disk had seen so much.
    private struct Report {
        let number: Int
        let position: Int
    }

    @Test(arguments: [1, 2] as [UInt64]) func whatTheLogHasAcceptedIsThereAndWhatIsNotSettledIsDeliveredAgain(seed: UInt64) async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let bus = try await SQLiteEventBus.open(disk.url())
        let member = try await bus.join(GroupMembership("readers", topics: [Counted.topic], capacity: 64))
        let begun = disk.position
        async let accepted = publish(on: disk, bus)
        let settled = try await read(member, disk)
        let reported = try await accepted
        await member.drain()
        var cuts = PowerCuts(of: disk, seed: seed), looked = 0
        for position in cuts.beforeSyncs where position >= begun {
            cuts.advance(to: position)
            for loss in [Loss.everything, .tail, .some] {
                let left = try TemporaryFolder(), cut: Comment = "after \(position), losing \(loss) (seed \(seed))"
                try cuts.leave(in: left.path, losing: loss)
                let file = try await Database.open(left.databaseURL())
                let rows = try await file.query(
                    "SELECT json_extract(CAST(data AS TEXT), '$.number') AS number FROM roost_events ORDER BY position")
                let numbers = try rows.map { try $0.get("number", as: Int.self) }
                #expect(numbers == Array(0..<numbers.count).map { $0 + 1 }, cut)
                #expect(reported.filter { $0.position <= position }.allSatisfy { numbers.contains($0.number) }, cut)
                // Whatever comes after the lane's position is delivered again.
                let lane: SQL = "SELECT position FROM roost_event_lanes WHERE lane = (SELECT lane FROM roost_events LIMIT 1)"
                let last = try await file.first(lane)?.get("position", as: Int.self)
                #expect(last ?? 0 <= numbers.count, cut)
                #expect(last ?? 0 <= settled.count { $0.position <= position }, cut)
                looked += 1
                await file.close()
            }
        }
        #expect(looked > Self.count)
        await bus.close()
    }

    /// The positions of the readers do not wait for the disk.
    @Test func anEventWaitsForTheDiskOnceWhenItIsAccepted() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path)
        let bus = try await SQLiteEventBus.open(disk.url())
        let member = try await bus.join(GroupMembership("readers", topics: [Counted.topic], capacity: 64))
        let begun = disk.position
        async let accepted = publish(on: disk, bus)
        _ = try await read(member, disk)
        _ = try await accepted
        await member.drain()
        #expect(disk.synchronizations(since: begun) == Self.count)
        await bus.close()
    }

    @Test func eventsThatComeAtOnceShareTheirWaitsForTheDisk() async throws {
        let folder = try TemporaryFolder(), disk = try RecordedDisk(folder.path), count = 200
        let bus = try await SQLiteEventBus.open(disk.url()), begun = disk.position
        try await withThrowingTaskGroup { group in
            for number in 0..<count {
                group.addTask { try await bus.publish([EventEnvelope(Counted(series: "\(number)", number: number), source: "test")]) }
            }
            while try await group.next() != nil {}
        }
        #expect(disk.synchronizations(since: begun) < count)
        let file = try await Database.open(disk.url())
        let series = try await file.query("SELECT event_key FROM roost_events").map { try $0.get("event_key", as: String.self) }
        #expect(series.count == count && Set(series).count == count)
        await file.close()
        await bus.close()
    }

    private func publish(on disk: RecordedDisk, _ bus: SQLiteEventBus) async throws -> [Report] {
        var reports: [Report] = []
        for number in 1...Self.count {
            try await bus.publish([EventEnvelope(Counted(series: "a", number: number), source: "test")])
            reports.append(Report(number: number, position: disk.position))
        }
        return reports
    }

    /// Receives all events, and settles each.
    private func read(_ member: any GroupMember, _ disk: RecordedDisk) async throws -> [Report] {
        var settled: [Report] = []
        while settled.count < Self.count {
            for case .delivered(let delivery) in try await member.next() {
                settled.append(Report(number: settled.count + 1, position: disk.position))
                try await member.settle(delivery.id)
            }
        }
        return settled
    }
}
