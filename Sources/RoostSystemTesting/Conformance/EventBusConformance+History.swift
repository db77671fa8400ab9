import Foundation
import Roost
import RoostEvents
import RoostEventsTesting

extension EventBusConformance {
    /// The requirements that a bus meets that ignores events that it already has.
    public static let deduplication: [ConformanceCase<EventBusUnderTest>] = [
        .init("takes an event once", takesOnce)
    ]

    /// The requirements that a bus meets that keeps events after they were handled.
    public static let history: [ConformanceCase<EventBusUnderTest>] = [
        .init("delivers earlier events to a new group", deliversEarlierEvents),
        .init("replays events to one group, as a new generation", replays),
        .init("does not skip events when it replays later ones", replaysNothingAway),
        .init("replays only events since the time", replaysNothingEarlier),
        .init("loses nothing of a long replay while events are published", replaysBesideOthers),
    ]

    private static func takesOnce(_ subject: EventBusUnderTest) async throws {
        let member = try await member(of: subject.bus), first = event(1), second = event(2)
        try await subject.bus.publish([first])
        try await subject.bus.publish([first, second, first])
        try require(try await member.deliveries(2).map(\.envelope.id) == [first.id, second.id], "an identifier is taken once")
        await member.drain()
    }

    private static func deliversEarlierEvents(_ subject: EventBusUnderTest) async throws {
        let events = (0..<50).map { event($0) }
        try await subject.bus.publish(events)
        let member = try await member(of: subject.bus)
        try require(try await member.deliveries(50).map(\.envelope.id) == events.map(\.id), "a new group begins with the oldest event")
        await member.drain()
    }

    private static func history(of subject: EventBusUnderTest) throws -> any EventHistory {
        guard let history = subject.bus as? any EventHistory else { throw ConformanceFailure(description: "the bus is an EventHistory") }
        return history
    }

    private static func replays(_ subject: EventBusUnderTest) async throws {
        let history = try history(of: subject), events = (0..<3).map { event($0) }
        let first = try await member(of: history), other = try await member(of: history, "other")
        try await history.publish(events)
        for member in [first, other] {
            for delivery in try await member.deliveries(3) {
                try require(delivery.generation == 0, "nothing was replayed")
                try await member.settle(delivery.id)
            }
        }
        try require(try await history.replay("unknown", from: .distantPast) == nil, "a group that is not known cannot be replayed to")
        try require(try await history.replay(group, from: .distantPast) == 1, "a replay is a new generation")
        let again = try await first.deliveries(3)
        try require(again.map(\.envelope.id) == events.map(\.id), "all events are delivered again, in order")
        try require(again.allSatisfy { $0.generation == 1 }, "replayed events are of the new generation")
        let next = event(4)
        try await history.publish([next])
        try require(try await other.deliveries(1).map(\.envelope.id) == [next.id], "other groups get nothing again")
        for member in [first, other] { await member.drain() }
    }

    private static func replaysNothingAway(_ subject: EventBusUnderTest) async throws {
        let history = try history(of: subject), sent = event(1)
        let first = try await member(of: history)
        try await history.publish([sent])
        await first.drain()
        try await history.replay(group, from: .distantFuture)
        let second = try await member(of: history)
        try require(try await second.deliveries(1).map(\.envelope.id) == [sent.id], "what was not settled is delivered in any case")
        await second.drain()
    }

    /// What was received and handled, but is not recorded as settled because of a slow event before it, would otherwise be handled twice.
    private static func replaysNothingEarlier(_ subject: EventBusUnderTest) async throws {
        let history = try history(of: subject), events = (0..<4).map { event($0) }
        let member = try await member(of: history)
        try await history.publish(events)
        for delivery in try await member.deliveries(4).dropFirst() { try await member.settle(delivery.id) }
        try await history.replay(group, from: .distantFuture)
        let again = try await member.deliveries(4)
        try require(again.map(\.envelope.id) == events.map(\.id), "what was not settled is delivered in any case")
        try require(again.allSatisfy { $0.generation == 0 }, "events before the time of a replay are of the earlier generation")
        do {
            try await history.replay(group, from: .distantFuture)
            throw ConformanceFailure(description: "a replay waits for events before the last one: they would be handled again")
        } catch let problem as Problem {
            try require(problem.status == .conflict, "such a replay is refused with 409")
        }
        await member.drain()
    }

    private static func replaysBesideOthers(_ subject: EventBusUnderTest) async throws {
        let history = try history(of: subject), count = 2000, receipts = Receipts()
        let member = try await history.join(GroupMembership(group, topics: [topic], capacity: 16))
        try await history.publish((0..<count).map { event($0, key: "\($0 % 40)") })
        let first = settleAll(member, as: 1, into: receipts)
        try await receipts.wait(for: count)
        first.cancel()
        _ = await first.result
        try await history.replay(group, from: .distantPast)
        let again = Receipts(), second = settleAll(member, as: 1, into: again)
        for number in 0..<200 { try await history.publish([event(count + number, key: "\(number % 40)")]) }
        try await again.wait(for: count + 200)
        second.cancel()
        await member.drain()
    }
}
