import RoostEvents

/// What every event bus must do.
public enum EventBusConformance {
    public static let cases: [ConformanceCase<any EventBus>] = [
        .init("delivers what was appended, as it was and in order", deliversInOrder),
        .init("takes an event once", takesOnce),
        .init("delivers only the topics of a reader", filtersTopics),
        .init("delivers to every group", deliversToEveryGroup),
        .init("goes on behind the last commit", resumes),
        .init("wakes a reader that waits", wakes),
        .init("ends the wait of a reader that is cancelled", cancels),
        .init("has one reader of a group at a time", excludes),
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
        try require(deliveries.map(\.envelope.id) == events.map(\.id), "the order is that of the appends")
        try require(zip(deliveries, deliveries.dropFirst()).allSatisfy { $0.position < $1.position }, "positions grow")
        for (delivery, event) in zip(deliveries, events) {
            var came = delivery.envelope
            try require(abs(came.time.timeIntervalSince(event.time)) < 0.002, "times are kept to the millisecond")
            came.time = event.time
            try require(came == event, "every attribute comes as it was")
        }
        reader.close()
    }

    private static func takesOnce(_ bus: any EventBus) async throws {
        let first = event(1), second = event(2)
        try await bus.append([first])
        try await bus.append([first, second, first])
        let reader = try await bus.reader(group: "one", topics: ["conformance.a"])
        try require(try await read(2, from: reader).map(\.envelope.id) == [first.id, second.id], "an id is taken once")
        reader.close()
    }

    private static func filtersTopics(_ bus: any EventBus) async throws {
        try await bus.append([event(1, topic: "conformance.b"), event(2), event(3, topic: "conformance.c")])
        let reader = try await bus.reader(group: "one", topics: ["conformance.a", "conformance.c"])
        let topics = try await read(2, from: reader).map(\.envelope.topic)
        try require(topics == ["conformance.a", "conformance.c"], "other topics are left out")
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
        try require(again.map(\.envelope.id) == [events[1].id, events[2].id], "what was not committed comes again, the rest does not")
        second.close()
    }

    private static func wakes(_ bus: any EventBus) async throws {
        let reader = try await bus.reader(group: "one", topics: ["conformance.a"])
        async let delivery = reader.next(atMost: 10)
        let event = event(1)
        try await bus.append([event])
        try require(try await delivery.map(\.envelope.id) == [event.id], "the reader gets what comes")
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
        try require(try await read(1, from: reader) == [deliveries[1]], "the next reader goes on where the first ended")
        reader.close()
    }

    private static func replays(_ bus: any EventBus) async throws {
        let bad = event(1)
        try await bus.append([bad])
        for attempts in [1, 2] {
            try await bus.deadLetters.add(DeadLetter(envelope: bad, group: "one", error: "no", attempts: attempts))
        }
        let letters = try await bus.deadLetters.list(group: "one", limit: 10)
        try require(letters.map(\.envelope.id) == [bad.id] && letters[0].attempts == 2, "a group and an event have one letter")
        try require(try await bus.deadLetters.list(group: "two", limit: 10).isEmpty, "other groups have none")
        for _ in 0..<2 {
            try await bus.deadLetters.add(DeadLetter(envelope: bad, group: "one", error: "no", attempts: 1))
            try require(try await bus.deadLetters.replay(bad.id, group: "one"), "a letter is replayed")
            try require(try await !bus.deadLetters.replay(bad.id, group: "one"), "a letter is replayed once")
        }
        try require(try await bus.deadLetters.list(group: "one", limit: 10).isEmpty, "what is replayed is no letter any more")
        let last = event(2)
        try await bus.append([last])
        try require(try await ids(bus, group: "one", through: last.id) == [bad.id, bad.id, last.id], "the group gets it again")
        try require(try await ids(bus, group: "two", through: last.id) == [bad.id, last.id], "and no other group does")
    }

    private static func ids(_ bus: any EventBus, group: String, through last: String) async throws -> [String] {
        let reader = try await bus.reader(group: group, topics: ["conformance.a"])
        var ids: [String] = []
        while ids.last != last { ids += try await reader.next(atMost: 10).map(\.envelope.id) }
        reader.close()
        return ids
    }
}
