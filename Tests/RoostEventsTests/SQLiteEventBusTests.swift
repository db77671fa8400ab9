import Foundation
import Roost
import RoostData
import RoostEvents
import RoostSystemTesting
import Synchronization
import Testing

@testable import RoostSQLite

@Suite(.timeLimit(.minutes(5))) struct SQLiteEventBusTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    private func event(_ number: Int) -> EventEnvelope {
        EventEnvelope(Counted(series: "a", number: number), source: "test")
    }

    private func open(_ retention: EventRetention = EventRetention(), clock: any ServiceClock = WallClock()) async throws -> SQLiteEventBus
    {
        try await SQLiteEventBus.open(directory.databaseURL("events.db"), retention: retention, clock: clock)
    }

    private func join(_ bus: SQLiteEventBus, _ group: String = "g") async throws -> any GroupMember {
        try await bus.join(GroupMembership(group, topics: [Counted.topic]))
    }

    @Test(arguments: EventBusConformance.cases + EventBusConformance.deduplication + EventBusConformance.history)
    func conforms(_ requirement: ConformanceCase<EventBusUnderTest>) async throws {
        let bus = try await open()
        try await requirement.check(EventBusUnderTest(bus) { await ($0 as? SQLiteGroupMember)?.crash() })
        await bus.close()
    }

    @Test func anotherOpenBusOnTheFileGetsTheEventsAtOnce() async throws {
        // Its clock stands still, so nothing is found by looking.
        let first = try await open(), second = try await open(clock: TestClock())
        let member = try await join(second)
        async let delivered = member.deliveries(1)
        let sent = event(1)
        try await first.publish([sent])
        #expect(try await delivered.map(\.envelope.id) == [sent.id])
        await member.drain()
    }

    @Test func theDeathOfAnotherMemberIsToldAtOnce() async throws {
        let bus = try await open(clock: TestClock())
        let first = try await join(bus), second = try await join(bus)
        let sent = event(1)
        try await bus.publish([sent])
        _ = try await first.deliveries(1)
        async let again = second.deliveries(1)
        await (first as? SQLiteGroupMember)?.crash()
        #expect(try await again.map(\.envelope.id) == [sent.id])
        await second.drain()
    }

    @Test func aMemberThatHangsLosesItsLanesWithItsLease() async throws {
        let clock = TestClock(), bus = try await open(clock: clock)
        let hanging = try await join(bus), sent = event(1)
        try await bus.publish([sent])
        let stale = try await hanging.deliveries(1)
        await (hanging as? SQLiteGroupMember)?.suspend()
        let other = try await join(bus)
        let task = Task { try await other.deliveries(1) }
        let isOver = Flag()
        let result = Task {
            let deliveries = try await task.value
            isOver.set()
            return deliveries
        }
        try await clock.advance(by: .seconds(1), until: "the lease is over") { isOver.isSet }
        let again = try await result.value
        #expect(again.map(\.envelope.id) == [sent.id] && again.allSatisfy(\.isRedelivered))
        #expect(clock.uptime >= .seconds(15))
        // The fence: what it settles when it wakes up moves no position.
        let log = try await Database.open(directory.databaseURL("events.db")), rows = GroupRows(group: "g", database: log)
        let lane = try #require(Int(stale[0].lane.name)), owner = try await #require(hanging as? SQLiteGroupMember).id
        #expect(try await rows.write([.init(lane: lane, epoch: stale[0].id.epoch, position: 1)], of: owner).isEmpty)
        await log.close()
        await other.drain()
    }

    @Test func eventsOutliveTheBus() async throws {
        let sent = event(1)
        let first = try await open()
        try await first.publish([sent])
        await first.close()
        let second = try await open()
        let member = try await join(second)
        #expect(try await member.deliveries(1).map(\.envelope.id) == [sent.id])
    }

    @Test func retentionDeletesTheOldestThatEveryGroupHasSettled() async throws {
        let clock = TestClock(), bus = try await open(EventRetention(count: 3, absence: 86_400), clock: clock)
        let log = try await Database.open(directory.databaseURL("events.db"))
        func count() async throws -> Int { try await log.query("SELECT 1 FROM roost_events").count }
        let quick = try await join(bus, "quick"), absent = try await join(bus, "absent")
        try await bus.publish((0..<10).map(event))
        for delivery in try await quick.deliveries(10) { try await quick.settle(delivery.id) }
        await quick.drain()
        await absent.drain()
        // Old enough that no publisher repeats them.
        clock.advance(by: .seconds(3600))
        try await log.transaction { try await EventLog.prune(EventRetention(count: 3, absence: 86_400), now: clock.now, in: $0) }
        #expect(try await count() == 10)
        clock.advance(by: .seconds(86_400))
        try await log.transaction { try await EventLog.prune(EventRetention(count: 3, absence: 86_400), now: clock.now, in: $0) }
        #expect(try await count() == 3)
        await log.close()
    }

    @Test func whatIsYoungIsKeptHoweverMuchThereIs() async throws {
        let clock = TestClock(), bus = try await open(clock: clock), sent = event(1)
        try await bus.publish([sent, event(2), event(3)])
        let log = try await Database.open(directory.databaseURL("events.db"))
        try await log.transaction { try await EventLog.prune(EventRetention(count: 1), now: clock.now, in: $0) }
        #expect(try await log.query("SELECT 1 FROM roost_events").count == 3)
        await log.close()
    }

    /// A file of the time in which groups had one position, and the bus had the dead letters.
    @Test func nothingIsLostWhenTheTablesChange() async throws {
        let url = directory.databaseURL("events.db"), events = (1...4).map(event), dead = event(5)
        let earlier = try await Database.open(url, migrations: Array(EventLog.migrations.prefix(2)))
        for event in events {
            try await earlier.execute(
                """
                INSERT INTO roost_events (id, source, topic, event_key, time, data, audience, appended_at)
                VALUES (\(event.id), 'test', \(event.topic), \(event.key), \(event.time), \(event.data), '', \(event.time))
                """)
        }
        try await earlier.execute("INSERT INTO roost_event_groups VALUES ('g', 2)")
        try await earlier.execute(
            """
            INSERT INTO roost_dead_letters (group_name, id, source, topic, event_key, time, data, error, attempts, failed_at)
            VALUES ('g', \(dead.id), 'test', \(dead.topic), \(dead.key), \(dead.time), \(dead.data), 'no', 12, \(dead.time))
            """)
        await earlier.close()
        let bus = try await open(), last = event(6)
        try await bus.publish([last])
        let member = try await join(bus), other = try await join(bus, "other")
        #expect(try await member.deliveries(4).map(\.envelope.id) == [events[2].id, events[3].id, dead.id, last.id])
        #expect(try await other.deliveries(5).map(\.envelope.id) == events.map(\.id) + [last.id])
        for member in [member, other] { await member.drain() }
    }

    @Test(arguments: ["", "Group", "a/b", String(repeating: "g", count: 65)])
    func aWrongGroupNameIsAConfigurationError(_ group: String) async throws {
        let bus = try await SQLiteEventBus.open(directory.databaseURL("events.db"))
        await #expect(throws: ConfigurationError.self) { try await bus.join(GroupMembership(group, topics: ["t"])) }
    }

    @Test func aWrongURLNamesItsKey() async throws {
        await #expect {
            try await SQLiteEventBus.open("kafka://localhost")
        } throws: {
            "\($0)".hasPrefix("EVENTS_URL=kafka://localhost is wrong")
        }
    }
}

private final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }
    func set() { state.store(true, ordering: .releasing) }
}
