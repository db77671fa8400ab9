import Roost
import RoostEvents
import RoostEventsTesting

/// A bus that is checked, and a way to end a member as a killed process ends.
public struct EventBusUnderTest: Sendable {
    /// A bus that nothing else uses.
    public let bus: any EventBus
    let crash: @Sendable (any GroupMember) async throws -> Void

    /// Creates a subject of the suite.
    /// - Parameters:
    ///   - bus: A new bus without events.
    ///   - crash: Ends a member of a group as if its process had been killed: nothing is given back.
    public init(_ bus: any EventBus, crash: @escaping @Sendable (any GroupMember) async throws -> Void) {
        self.bus = bus
        self.crash = crash
    }
}

/// The requirements of event buses. None of them presumes an order of events that have different keys.
///
/// Every bus meets `cases`. A bus that ignores events that it already has also meets `deduplication`, and an `EventHistory` also meets
/// `history`.
public enum EventBusConformance {
    /// The requirements that every bus must meet, each independent of the others.
    public static let cases: [ConformanceCase<EventBusUnderTest>] =
        delivery + [
            .init("shares the lanes among members", sharesLanes),
            .init("keeps the order of a key when lanes move", keepsOrder),
            .init("gives the lanes of a member that leaves to others", handsOver),
            .init("delivers again what a killed member has not settled, and says so", takesOver),
            .init("lets a member that has lost its lanes settle nothing", fences),
        ]

    static let group = "conformance", topic = "conformance.a"

    static func event(_ number: Int, key: String = "key", topic: String = topic) -> EventEnvelope {
        EventEnvelope(
            source: "suite", topic: topic, key: key, traceparent: number.isMultiple(of: 2) ? nil : "00-\(number)",
            data: Array("{\"number\":\(number)}".utf8))
    }

    static func member(of bus: any EventBus, _ group: String = group, topics: Set<String> = [topic]) async throws -> any GroupMember {
        try await bus.join(GroupMembership(group, topics: topics))
    }

    /// What the members of a test have received, in this order.
    actor Receipts {
        struct Receipt {
            let member: Int
            let delivery: Delivery
        }

        private(set) var all: [Receipt] = []
        private var waiting: [(count: Int, latch: Latch)] = []
        /// Why members receive nothing more, for the message if something is missing.
        private var failures: [String] = []

        private(set) var ids: Set<String> = []

        func add(_ delivery: Delivery, by member: Int) {
            all.append(Receipt(member: member, delivery: delivery))
            ids.insert(delivery.envelope.id)
            let count = ids.count
            for waiter in waiting where waiter.count <= count { waiter.latch.open() }
            waiting.removeAll { $0.count <= count }
        }

        func note(_ failure: any Error, of member: Int) { failures.append("; member \(member): \(failure)") }

        /// Waits until so many different events were received.
        func wait(for count: Int) async throws {
            guard ids.count < count else { return }
            let latch = Latch()
            waiting.append((count, latch))
            try require(
                await latch.wait(by: .now + .seconds(90)) == .opened,
                "\(count) events are delivered, and not only \(ids.count), within 90 s\(failures.joined())")
        }
    }

    /// Receives and settles everything until the task is cancelled.
    static func settleAll(_ member: any GroupMember, as number: Int, into receipts: Receipts) -> Task<Void, any Error> {
        Task {
            do {
                while true {
                    for case .delivered(let delivery) in try await member.next() {
                        await receipts.add(delivery, by: number)
                        try await member.settle(delivery.id)
                    }
                }
            } catch let error where !(error is CancellationError) {
                await receipts.note(error, of: number)
                throw error
            }
        }
    }
}
