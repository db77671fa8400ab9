import Roost
import RoostEvents
import RoostEventsTesting

extension EventBusConformance {
    /// Enough keys for several lanes, however they are divided.
    private static let keys = (0..<64).map { "key \($0)" }

    static func sharesLanes(_ subject: EventBusUnderTest) async throws {
        let receipts = Receipts()
        let first = try await member(of: subject.bus), one = settleAll(first, as: 1, into: receipts)
        let second = try await member(of: subject.bus), two = settleAll(second, as: 2, into: receipts)
        var count = 0, members: Set<Int> = [], isDivided = false
        let end = ContinuousClock.now + .seconds(60)
        // Lanes may move a moment after a member has joined, also in the middle of a round.
        while members.count < 2 || !isDivided, ContinuousClock.now < end {
            try await subject.bus.publish(keys.map { event(count, key: $0) })
            count += 1
            try await receipts.wait(for: count * keys.count)
            let last = await receipts.all.suffix(keys.count)
            members = Set(last.map(\.member))
            isDivided = Dictionary(grouping: last, by: \.delivery.lane).values.allSatisfy { Set($0.map(\.member)).count == 1 }
        }
        for task in [one, two] { task.cancel() }
        try require(members == [1, 2], "a member that joins gets its share of the events")
        try require(isDivided, "a lane has one owner")
        for member in [first, second] { await member.drain() }
    }

    static func keepsOrder(_ subject: EventBusUnderTest) async throws {
        let receipts = Receipts(), rounds = 40
        var members: [any GroupMember] = [try await member(of: subject.bus)]
        var tasks = [settleAll(members[0], as: 0, into: receipts)]
        var sent: [String: [String]] = [:]
        for round in 0..<rounds {
            let events = keys.map { event(round, key: $0) }
            for event in events { sent[event.key, default: []].append(event.id) }
            try await subject.bus.publish(events)
            switch round {
            case 10, 20:
                members.append(try await member(of: subject.bus))
                tasks.append(settleAll(members[members.count - 1], as: members.count - 1, into: receipts))
            case 30:
                tasks[0].cancel()
                _ = await tasks[0].result
                await members[0].drain()
            default: break
            }
        }
        try await receipts.wait(for: rounds * keys.count)
        for task in tasks { task.cancel() }
        for member in members.dropFirst() { await member.drain() }
        let received = Dictionary(grouping: await receipts.all.map(\.delivery.envelope), by: \.key)
        for key in keys {
            var seen: Set<String> = []
            let first = (received[key] ?? []).map(\.id).filter { seen.insert($0).inserted }
            try require(first == sent[key], "the events of a key are handled in order while its lane moves")
        }
    }

    static func handsOver(_ subject: EventBusUnderTest) async throws {
        let first = try await member(of: subject.bus), second = try await member(of: subject.bus), receipts = Receipts()
        let one = settleAll(first, as: 1, into: receipts), two = settleAll(second, as: 2, into: receipts)
        try await subject.bus.publish(keys.map { event(1, key: $0) })
        try await receipts.wait(for: keys.count)
        one.cancel()
        _ = await one.result
        await first.drain()
        let events = keys.map { event(2, key: $0) }
        try await subject.bus.publish(events)
        try await receipts.wait(for: 2 * keys.count)
        two.cancel()
        let owners = Set(await receipts.all.filter { owned in events.contains { $0.id == owned.delivery.envelope.id } }.map(\.member))
        try require(owners == [2], "the member that is left gets all events")
        await second.drain()
    }

    static func takesOver(_ subject: EventBusUnderTest) async throws {
        let first = try await member(of: subject.bus)
        let events = (0..<3).map { event($0) }
        try await subject.bus.publish(events)
        _ = try await first.deliveries(3)
        let second = try await member(of: subject.bus)
        try await subject.crash(first)
        let again = try await second.deliveries(3)
        try require(again.map(\.envelope.id) == events.map(\.id), "what a killed member has not settled is delivered to others")
        try require(again.allSatisfy(\.isRedelivered), "what a killed member may have received is told")
        for delivery in again { try await second.settle(delivery.id) }
        let next = event(4)
        try await subject.bus.publish([next])
        try require(
            try await second.deliveries(1).map(\.isRedelivered) == [false], "what nobody has received is not told to be redelivered")
        await second.drain()
    }

    static func fences(_ subject: EventBusUnderTest) async throws {
        let first = try await member(of: subject.bus), sent = event(1)
        try await subject.bus.publish([sent])
        let stale = try await first.deliveries(1)
        try await subject.crash(first)
        let second = try await member(of: subject.bus)
        _ = try await second.deliveries(1)
        // It has lost its lanes, and does not know.
        try? await first.settle(stale[0].id)
        await first.drain()
        try await subject.crash(second)
        let third = try await member(of: subject.bus)
        try require(
            try await third.deliveries(1).map(\.envelope.id) == [sent.id], "an earlier owner of a lane cannot settle its events")
        await third.drain()
    }
}
