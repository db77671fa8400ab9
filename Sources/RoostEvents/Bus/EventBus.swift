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
    /// - Throws: A `ConfigurationError` if the bus cannot be used until its settings or its permissions are changed; another error that is
    ///   permanent (`FailureKind`) if the bus can never take one of the events, such as one that is too large.
    func publish(_ envelopes: [EventEnvelope]) async throws

    /// Makes groups known, so that the events that are published from now on are kept for them even if they have no member yet.
    ///
    /// A system declares all of its groups before anything is published. The default does nothing: it is for buses whose new groups begin with
    /// the oldest event that is kept.
    /// - Parameter groups: The groups with their topics.
    /// - Throws: A `ConfigurationError` if the name of a group is not allowed, or the bus lacks a permission.
    func declare(_ groups: [GroupMembership]) async throws

    /// Adds a member to a group. It is given its share of the lanes.
    /// - Throws: A `ConfigurationError` if the name of the group is not allowed.
    func join(_ membership: GroupMembership) async throws -> any GroupMember

    /// Waits for operations in progress, and closes the bus. Later operations fail.
    func close() async
}

extension EventBus {
    /// Does nothing.
    public func declare(_ groups: [GroupMembership]) async throws {}
}

/// A bus that keeps events after they have been handled. New groups begin with the oldest event that is kept.
public protocol EventHistory: EventBus {
    /// Delivers all events since a time to a group again, together with those that the group has not handled yet. They belong to a new
    /// generation, so they are handled again even if they were handled before.
    /// - Parameters:
    ///   - group: The group. It needs no member at the moment.
    ///   - date: The time at which the first of the events was published.
    /// - Returns: The new generation; `nil` if the bus does not know the group.
    /// - Throws: A `Problem` with status 409 if events before the start of the last replay are still to be handled.
    @discardableResult
    func replay(_ group: String, from date: Date) async throws -> Int?
}

/// One of the members of a group: a process that handles a part of the group's events.
public protocol GroupMember: Sendable {
    /// Waits until there is something to do, and returns it. Only one task calls this at a time.
    ///
    /// The member receives no more than its membership's `capacity` of deliveries that it has not settled.
    /// - Throws: A `CancellationError`; or an error of the bus, after which the caller should drain the member and join the group again.
    func next() async throws -> [BusEvent]

    /// Records that an event need not be delivered again. Deliveries can be settled in any order. The bus may record several at once, so the
    /// last ones can be delivered again if the process dies. Settling a delivery of a lane that the member has lost has no effect.
    func settle(_ delivery: DeliveryID) async throws

    /// Returns the age of the oldest event that is not settled in each of the member's lanes. Lanes without such an event are left out.
    func ages() async throws -> [Lane: Duration]

    /// Leaves the group: records what was settled, and gives the lanes with the remaining events to other members.
    func drain() async

    /// Leaves the group like a process that died: what was delivered and not settled may have been handled, and is delivered again with
    /// `isRedelivered`.
    ///
    /// The default drains the member. It is for buses that say this of every delivery that is repeated.
    func abandon() async
}

extension GroupMember {
    /// Drains the member.
    public func abandon() async { await drain() }
}
