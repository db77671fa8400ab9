import Roost
import RoostEvents
import RoostEventsTesting

extension EventBusConformance {
    static let delivery: [ConformanceCase<EventBusUnderTest>] = [
        .init("delivers events unchanged, those of a key in order", deliversInOrder),
        .init("delivers only the topics that a group asks for", filtersTopics),
        .init("delivers to every group that had a member", deliversToEveryGroup),
        .init("delivers no more than a member's capacity", limitsDeliveries),
        .init("goes on after what was settled", resumes),
        .init("delivers again what was not settled, in order", settlesOutOfOrder),
        .init("wakes a waiting member", wakes),
        .init("stops waiting when cancelled", cancels),
        .init("refuses an event that is too large for good, and takes others", refusesLargeEvents),
        .init("tells how old the oldest event of each lane is that is not settled", tellsAges),
        .init("ends a member that has left", ends),
    ]

    private static func deliversInOrder(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus)
        let events = (0..<60).map { event($0, key: "key \($0 % 6)") }
        for start in stride(from: 0, to: 60, by: 10) { try await subject.bus.publish(Array(events[start..<start + 10])) }
        let deliveries = try await member.deliveries(60)
        for key in Set(events.map(\.key)) {
            let sent = events.filter { $0.key == key }, received = deliveries.map(\.envelope).filter { $0.key == key }
            try require(received.map(\.id) == sent.map(\.id), "the events of a key come in the order in which they were published")
            for (event, other) in zip(sent, received) {
                try require(abs(other.time.timeIntervalSince(event.time)) < 0.002, "times are accurate to the millisecond")
                var other = other
                other.time = event.time
                try require(other == event, "every attribute is unchanged")
            }
        }
        let lanes = Dictionary(grouping: deliveries, by: \.envelope.key).mapValues { Set($0.map(\.lane)).count }
        try require(lanes.values.allSatisfy { $0 == 1 }, "the events of a key share a lane")
        try require(Set(deliveries.map(\.id)).count == 60, "each delivery has an identifier of its own")
        await member.drain()
    }

    private static func tellsAges(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus)
        try await subject.bus.publish([event(1), event(2)])
        let deliveries = try await member.deliveries(2)
        for delivery in deliveries {
            let ages = try await member.ages()
            try require(Set(ages.keys) == [delivery.id.lane], "a lane with an event that is not settled has an age")
            try require(ages.values.allSatisfy { $0 >= .zero && $0 < .seconds(60) }, "an age is the time since the event was published")
            try await member.settle(delivery.id)
        }
        try require(try await member.ages().isEmpty, "a lane without such an event has none")
        await member.drain()
    }

    private static func filtersTopics(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus, topics: [topic, "conformance.c"])
        try await subject.bus.publish([event(1, topic: "conformance.b"), event(2), event(3, topic: "conformance.c")])
        let topics = try await member.deliveries(2).map(\.envelope.topic)
        try require(Set(topics) == [topic, "conformance.c"], "other topics are not delivered")
        await member.drain()
    }

    private static func deliversToEveryGroup(_ subject: EventBusUnderTest) async throws {
        let members = [try await member(of: subject.bus, "one"), try await member(of: subject.bus, "two")], sent = event(1)
        try await subject.bus.publish([sent])
        for member in members {
            let deliveries = try await member.deliveries(1)
            try require(deliveries.map(\.envelope.id) == [sent.id], "each group gets the event")
            try await member.settle(deliveries[0].id)
            await member.drain()
        }
    }

    private static func limitsDeliveries(_ subject: EventBusUnderTest) async throws {
        let member = try await subject.bus.join(GroupMembership(group, topics: [topic], capacity: 3))
        let events = (0..<9).map { event($0) }
        try await subject.bus.publish(events)
        var ids: [String] = []
        while ids.count < 9 {
            let deliveries = try await member.deliveries(1)
            try require(deliveries.count <= 3, "a member gets no more than it can take")
            ids += deliveries.map(\.envelope.id)
            for delivery in deliveries { try await member.settle(delivery.id) }
        }
        try require(ids == events.map(\.id), "a member gets further events once it has settled others")
        await member.drain()
    }

    private static func resumes(_ subject: EventBusUnderTest) async throws {
        let first = try await member(of: subject.bus)
        let events = (0..<3).map { event($0) }
        try await subject.bus.publish(events)
        let deliveries = try await first.deliveries(3)
        try await first.settle(deliveries[0].id)
        await first.drain()
        let second = try await member(of: subject.bus)
        let again = try await second.deliveries(2)
        try require(again.map(\.envelope.id) == [events[1].id, events[2].id], "only events that were not settled are delivered again")
        await second.drain()
    }

    private static func settlesOutOfOrder(_ subject: EventBusUnderTest) async throws {
        let first = try await member(of: subject.bus)
        let events = (0..<4).map { event($0) }
        try await subject.bus.publish(events)
        let deliveries = try await first.deliveries(4)
        for number in [2, 0] { try await first.settle(deliveries[number].id) }
        await first.drain()
        let second = try await member(of: subject.bus)
        var again: [String] = []
        while again.last != events[3].id { again += try await second.deliveries(1).map(\.envelope.id) }
        try require(!again.contains(events[0].id), "what is settled, with all before it, is not delivered again")
        let order = again.compactMap { id in events.firstIndex { $0.id == id } }
        try require(order.contains(1) && order == order.sorted(), "what is not settled is delivered again, in order")
        await second.drain()
    }

    private static func wakes(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus)
        async let delivery = member.deliveries(1)
        let sent = event(1)
        try await subject.bus.publish([sent])
        try require(try await delivery.map(\.envelope.id) == [sent.id], "the member gets the new event")
        await member.drain()
    }

    private static func cancels(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus)
        let task = Task { try await member.deliveries(1) }
        task.cancel()
        let result = await task.result
        try require((try? result.get()) == nil, "a cancelled wait throws")
        await member.drain()
    }

    private static func refusesLargeEvents(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus)
        var large = event(1)
        large.data = Array("\"\(String(repeating: "x", count: EventLimits.data + 1))\"".utf8)
        do {
            try await subject.bus.publish([large])
            try require(false, "an event that is too large is refused")
        } catch {
            if let failure = error as? ConformanceFailure { throw failure }
            try require(FailureKind(of: error) == .permanent, "the refusal is permanent, unlike \(error)")
        }
        var largest = event(2)
        largest.data = Array("\"\(String(repeating: "x", count: EventLimits.data - 2))\"".utf8)
        try await subject.bus.publish([largest])
        try require(try await member.deliveries(1).map(\.envelope.data) == [largest.data], "the largest event is delivered")
        await member.drain()
    }

    private static func ends(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus)
        let task = Task { try await member.deliveries(1) }
        await member.drain()
        let result = await task.result
        try require((try? result.get()) == nil, "a member that has left gets nothing")
    }
}
