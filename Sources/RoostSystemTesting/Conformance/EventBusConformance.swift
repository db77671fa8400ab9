import RoostEvents

/// The requirements that every event bus must meet.
public enum EventBusConformance {
    /// The requirements, each independent of the others.
    public static let cases: [ConformanceCase<any EventBus>] = [
        .init("delivers events unchanged and in order", deliversInOrder),
        .init("stores an event once", takesOnce),
        .init("delivers only the topics that a reader asks for", filtersTopics),
        .init("delivers to every group", deliversToEveryGroup),
        .init("resumes after the last commit", resumes),
        .init("wakes a waiting reader", wakes),
        .init("stops waiting when cancelled", cancels),
        .init("has at most one reader per group at a time", excludes),
        .init("keeps dead letters and replays them to their group", replays),
    ]

    private static func event(_ number: Int, topic: String = "conformance.a") -> EventEnvelope {
        EventEnvelope(
            source: "suite", topic: topic, key: "key \(number)", traceparent: number.isMultiple(of: 2) ? nil : "00-\(number)",
            data: Array("{\"number\":\(number)}".utf8))
    }

    private static func read(_ count: Int, from reader: any EventReader) async throws -> [EventDelivery] {
        var deliveries: [EventDelivery] = []
        while deliveries.count < count { deliveries += try await reader.next(atMost: count - deliveries.count) }
        return deliveries
    }

    private static func deliversInOrder(_ bus: any EventBus) async throws {
        let events = (0..<50).map { event($0) }
        for start in stride(from: 0, to: 50, by: 10) { try await bus.append(Array(events[start..<start + 10])) }
        let reader = try await bus.reader(group: "one", topics: ["conformance.a"])
        let deliveries = try await read(50, from: reader)
        try require(deliveries.map(\.envelope.id) == events.map(\.id), "events come in the order in which they were appended")
        try require(zip(deliveries, deliveries.dropFirst()).allSatisfy { $0.position < $1.position }, "positions increase")
        for (delivery, event) in zip(deliveries, events) {
            var came = delivery.envelope
            try require(abs(came.time.timeIntervalSince(event.time)) < 0.002, "times are accurate to the millisecond")
            came.time = event.time
            try require(came == event, "every attribute is unchanged")
        }
        reader.close()
    }

    private static func takesOnce(_ bus: any EventBus) async throws {
        let first = event(1), second = event(2)
        try await bus.append([first])
        try await bus.append([first, second, first])
        let reader = try await bus.reader(group: "one", topics: ["conformance.a"])
        try require(try await read(2, from: reader).map(\.envelope.id) == [first.id, second.id], "an identifier is stored once")
        reader.close()
    }

    private static func filtersTopics(_ bus: any EventBus) async throws {
        try await bus.append([event(1, topic: "conformance.b"), event(2), event(3, topic: "conformance.c")])
        let reader = try await bus.reader(group: "one", topics: ["conformance.a", "conformance.c"])
        let topics = try await read(2, from: reader).map(\.envelope.topic)
        try require(topics == ["conformance.a", "conformance.c"], "other topics are not delivered")
        reader.close()
    }

    private static func deliversToEveryGroup(_ bus: any EventBus) async throws {
        let event = event(1)
        try await bus.append([event])
        for group in ["one", "two"] {
            let reader = try await bus.reader(group: group, topics: ["conformance.a"])
            let deliveries = try await read(1, from: reader)
            try require(deliveries.map(\.envelope.id) == [event.id], "the group \(group) gets the event")
            try await reader.commit(through: deliveries[0].position)
            reader.close()
        }
    }

    private static func resumes(_ bus: any EventBus) async throws {
        let events = (0..<3).map { event($0) }
        try await bus.append(events)
        let first = try await bus.reader(group: "one", topics: ["conformance.a"])
        let deliveries = try await read(3, from: first)
        try await first.commit(through: deliveries[0].position)
        first.close()
        let second = try await bus.reader(group: "one", topics: ["conformance.a"])
        let again = try await read(2, from: second)
        try require(again.map(\.envelope.id) == [events[1].id, events[2].id], "only uncommitted events are delivered again")
        second.close()
    }

    private static func wakes(_ bus: any EventBus) async throws {
        let reader = try await bus.reader(group: "one", topics: ["conformance.a"])
        async let delivery = reader.next(atMost: 10)
        let event = event(1)
        try await bus.append([event])
        try require(try await delivery.map(\.envelope.id) == [event.id], "the reader gets the new event")
        reader.close()
    }

    private static func cancels(_ bus: any EventBus) async throws {
        let reader = try await bus.reader(group: "one", topics: ["conformance.a"])
        let task = Task { try await reader.next(atMost: 1) }
        task.cancel()
        let result = await task.result
        try require((try? result.get()) == nil, "a cancelled wait throws")
        reader.close()
    }

    private static func excludes(_ bus: any EventBus) async throws {
        let first = try await bus.reader(group: "one", topics: ["conformance.a"])
        let second = Task { try await bus.reader(group: "one", topics: ["conformance.a"]) }
        try await bus.append([event(1), event(2)])
        let deliveries = try await read(2, from: first)
        try await first.commit(through: deliveries[0].position)
        first.close()
        let reader = try await second.value
        try require(try await read(1, from: reader) == [deliveries[1]], "the next reader resumes where the first one stopped")
        reader.close()
    }

    private static func replays(_ bus: any EventBus) async throws {
        let bad = event(1)
        try await bus.append([bad])
        for attempts in [1, 2] {
            try await bus.deadLetters.add(DeadLetter(envelope: bad, group: "one", error: "no", attempts: attempts))
        }
        let letters = try await bus.deadLetters.list(group: "one", limit: 10)
        try require(letters.map(\.envelope.id) == [bad.id] && letters[0].attempts == 2, "there is one dead letter per group and event")
        try require(try await bus.deadLetters.list(group: "two", limit: 10).isEmpty, "other groups have no dead letter")
        for _ in 0..<2 {
            try await bus.deadLetters.add(DeadLetter(envelope: bad, group: "one", error: "no", attempts: 1))
            try require(try await bus.deadLetters.replay(bad.id, group: "one"), "a dead letter is replayed")
            try require(try await !bus.deadLetters.replay(bad.id, group: "one"), "a dead letter is replayed once")
        }
        try require(try await bus.deadLetters.list(group: "one", limit: 10).isEmpty, "a replayed event is no longer a dead letter")
        let last = event(2)
        try await bus.append([last])
        try require(try await ids(bus, group: "one", through: last.id) == [bad.id, bad.id, last.id], "the group gets the replayed event")
        try require(try await ids(bus, group: "two", through: last.id) == [bad.id, last.id], "other groups do not get the replayed event")
    }

    private static func ids(_ bus: any EventBus, group: String, through last: String) async throws -> [String] {
        let reader = try await bus.reader(group: group, topics: ["conformance.a"])
        var ids: [String] = []
        while ids.last != last { ids += try await reader.next(atMost: 10).map(\.envelope.id) }
        reader.close()
        return ids
    }
}
