public import RoostEvents
import RoostTesting

/// A member of a group of a bus in memory.
final class TestGroupMember: GroupMember {
    private let log: Observed<EventLog>
    private let group: String
    private let number: Int

    init(_ log: Observed<EventLog>, _ membership: GroupMembership) throws {
        self.log = log
        group = membership.group
        number = try log.change { try $0.join(membership) }
    }

    func next() async throws -> [BusEvent] {
        try Task.checkCancellation()
        return try await log.wait(for: "an event", within: nil) { [number, group] in try $0.next(for: number, of: group) }
    }

    func settle(_ delivery: DeliveryID) async { log.change { $0.settle(delivery, of: group) } }

    func ages() async -> [Lane: Duration] { log.read { $0.ages(of: number, in: group) } }

    func drain() async { log.change { $0.leave(number, of: group, inOrder: true) } }

    func abandon() async { crash() }

    /// Ends like a process that is killed.
    func crash() { log.change { $0.leave(number, of: group, inOrder: false) } }

    deinit { crash() }
}

extension GroupMember {
    /// Receives a number of deliveries, for tests. Lanes can be revoked and assigned meanwhile.
    /// - Parameter count: The number of deliveries to wait for.
    public func deliveries(_ count: Int) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        while deliveries.count < count {
            for case .delivered(let delivery) in try await next() { deliveries.append(delivery) }
        }
        return deliveries
    }
}
