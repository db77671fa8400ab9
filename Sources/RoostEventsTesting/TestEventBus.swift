public import Foundation
public import Roost
public import RoostEvents
import RoostTesting

/// An event bus in memory, for tests. It delivers events as every bus does: at least once, to one member of each group, and the events of a key
/// in order. An identifier is stored once.
///
/// A test publishes events, and waits without pauses for the events of its services, or until they have handled all events:
///
/// ```swift
/// let bus = TestEventBus()
/// try await TestSystem.run(drivers: [.events(on: bus), .sqlite]) {
///     NotificationsService()
/// } test: { system in
///     try await bus.publish(OrderEnded(id: id))
///     try await bus.waitUntilSettled(by: "notifications")
///     …
/// }
/// ```
///
/// The bus keeps all events for as long as it exists.
public final class TestEventBus: EventHistory {
    let log = Observed(EventLog())

    /// Creates a bus without events.
    public init() {}

    /// Appends events, and wakes the members that wait for them.
    /// - Throws: A `Problem` with status 503 if the bus is closed, and with 413 or 422 if an event is not within `EventLimits`.
    public func publish(_ envelopes: [EventEnvelope]) async throws { try log.change { try $0.append(envelopes) } }

    /// Adds a member to a group. A new group begins with the first event.
    /// - Throws: A `ConfigurationError` if the name of the group is not allowed.
    public func join(_ membership: GroupMembership) async throws -> any GroupMember {
        try EventGroup.check(membership.group)
        return try TestGroupMember(log, membership)
    }

    /// Delivers all events since a time to a group again.
    /// - Returns: The new generation; `nil` if the bus does not know the group.
    /// - Throws: A `Problem` with status 503 if the bus is closed.
    @discardableResult
    public func replay(_ group: String, from date: Date) async throws -> Int? { try log.change { try $0.replay(group, from: date) } }

    /// Closes the bus. Later operations fail.
    public func close() async { log.change { $0.isClosed = true } }
}

extension TestEventBus {
    /// Publishes an event, as a service does.
    /// - Parameters:
    ///   - event: The event.
    ///   - source: The name of the service that publishes it.
    public func publish(_ event: some Event, from source: String = "test") async throws {
        try await publish([EventEnvelope(event, source: source)])
    }

    /// The envelopes of all events so far, in order.
    public var envelopes: [EventEnvelope] { log.read { $0.entries.map(\.envelope) } }

    /// Returns all events of a type so far, in order.
    /// - Throws: An error that lists the faults if the data of one is not a valid event of this type.
    public func events<E: Event>(_ type: E.Type) throws -> [E] {
        try envelopes.filter { $0.topic == E.topic }.map { try $0.event(as: E.self) }
    }

    /// Waits until an event is published.
    /// - Parameters:
    ///   - type: The type of the event.
    ///   - limit: How long to wait.
    ///   - matches: Returns whether an event is the one that the test waits for.
    /// - Returns: The first such event.
    /// - Throws: An `OverdueError` if it is not published in time; an error if the data of an event is not valid.
    @discardableResult
    public func first<E: Event>(
        _ type: E.Type, within limit: Duration = .seconds(30), where matches: (E) throws -> Bool = { _ in true }
    ) async throws -> E {
        try await log.wait(for: "an event of the topic \(E.topic)", within: limit) { log in
            for entry in log.entries where entry.envelope.topic == E.topic {
                let event = try entry.envelope.event(as: E.self)
                if try matches(event) { return event }
            }
            return nil
        }
    }

    /// Waits until groups have settled all events so far: handled them, made them dead letters, or parked them until another attempt.
    /// - Parameters:
    ///   - groups: The names of the groups, which are those of the services. A group that has no member yet is waited for.
    ///   - limit: How long to wait.
    /// - Throws: An `OverdueError` if that does not happen in time.
    public func waitUntilSettled(by groups: String..., within limit: Duration = .seconds(30)) async throws {
        let end = log.read { $0.end }
        try await log.wait(for: "the end of the events of \(groups.joined(separator: ", "))", within: limit) { log in
            groups.allSatisfy { log.hasSettled($0, through: end) } ? () : nil
        }
    }
}

extension Driver {
    /// Opens a test's bus for the event bus of a system. List it before others that could open one.
    /// - Parameter bus: The bus. It stays open when the system ends.
    public static func events(on bus: TestEventBus) -> Driver {
        Driver("test", form: "test:events", embedded: { _, _ in "test:events" }).opening((any EventBus).self) { _ in SharedBus(bus: bus) }
    }
}

/// A bus that a system uses but does not close.
private struct SharedBus: EventHistory {
    let bus: TestEventBus

    func publish(_ envelopes: [EventEnvelope]) async throws { try await bus.publish(envelopes) }

    func join(_ membership: GroupMembership) async throws -> any GroupMember { try await bus.join(membership) }

    func replay(_ group: String, from date: Date) async throws -> Int? { try await bus.replay(group, from: date) }

    func close() async {}
}
