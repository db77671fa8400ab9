#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Carries events from the services that publish them to the groups that handle them. Drivers must pass `EventBusConformance`.
///
/// Events of one key share a lane, and a lane belongs to one member of a group at a time. When members come and go, lanes move between them.
public protocol EventBus: Sendable {
    /// Appends events, those of one key in this order. They are durable once this returns, and are delivered to every group that had a
    /// member before.
    /// - Throws: An error that is permanent (`FailureKind`) if the bus can never take one of the events, such as one that is too large.
    func publish(_ envelopes: [EventEnvelope]) async throws

    /// Adds a member to a group. It is given its share of the lanes.
    /// - Throws: A `ConfigurationError` if the name of the group is not allowed.
    func join(_ membership: GroupMembership) async throws -> any GroupMember

    /// Waits for operations in progress, and closes the bus. Later operations fail.
    func close() async
}

/// A bus that keeps events after they have been handled. New groups begin with the oldest event that is kept.
public protocol EventHistory: EventBus {
    /// Delivers to a group again all events since a time, with those that it has yet to handle. They belong to a new generation, so they are
    /// handled again although they were handled before.
    /// - Parameters:
    ///   - group: The group. It needs no member at the moment.
    ///   - date: The time at which the first of the events was published.
    /// - Returns: The new generation; `nil` if the bus does not know the group.
    @discardableResult
    func replay(_ group: String, from date: Date) async throws -> Int?
}

/// One of the members of a group: a process that handles a part of the group's events.
public protocol GroupMember: Sendable {
    /// Waits until there is something to do, and returns it. Only one task calls this at a time.
    ///
    /// The member receives no more than its membership's `capacity` of deliveries that it has not settled.
    /// - Throws: A `CancellationError`; an error of the bus, after which the member should be drained and the group joined again.
    func next() async throws -> [BusEvent]

    /// Records that a delivery need not be delivered again. Deliveries are settled in any order. The bus may record several at once, so a
    /// process that dies can receive the last ones again. What a member settles of a lane that it has lost changes nothing.
    func settle(_ delivery: DeliveryID) async throws

    /// Returns how long the oldest event of each of the member's lanes has not been settled, for lanes with such events.
    func ages() async throws -> [Lane: Duration]

    /// Leaves the group in order: what was settled is recorded, and the lanes go to other members with the rest.
    func drain() async
}
