import Roost
import RoostEvents
import RoostEventsTesting
import RoostSystemTesting
import Synchronization

@testable import RoostEventsService

/// The event bus over HTTP, with what a test sees of it.
struct ServingEvents {
    let system: TestSystem
    /// The contract, called as a service does.
    let api: any EventsAPI
    /// Sends arbitrary requests as a service.
    let client: HTTPTestClient
    let members: Members
    let clock: TestClock

    /// Runs a test with the bus of the drivers.
    static func run(
        _ drivers: [Driver] = .forTests, limits: Members.Limits = Members.Limits(), _ test: (ServingEvents) async throws -> Void
    ) async throws {
        let clock = TestClock(), found = Mutex<Members?>(nil)
        try await TestSystem.run(["SERVICE_KEY": key], drivers: drivers) {
            EventsService(clock: clock, limits: limits) { members in found.withLock { $0 = members } }
        } test: { system in
            let client = try await system.client(of: "events", as: .service("tests"))
            guard let members = found.withLock({ $0 }) else { throw Problem(.internalError) }
            try await test(
                ServingEvents(
                    system: system, api: EventsAPIContract.client(over: client), client: client, members: members, clock: clock))
        }
    }

    /// Joins the group `mail` for the topic `orders.ended`.
    func join(capacity: Int = 64) async throws -> String {
        try await api.join(group: "mail", NewGroupMember(topics: [Self.topic], capacity: capacity)).member
    }

    func deliveries(_ member: String, wait: Int = 30) async throws -> MemberDeliveries {
        try await api.deliveries(group: "mail", member: member, wait: wait)
    }

    /// Fetches until so many events were delivered.
    func events(_ count: Int, to member: String) async throws -> [DeliveredEvent] {
        var items: [DeliveredEvent] = []
        while items.count < count { items += try await deliveries(member).items }
        return items
    }

    func settle(_ items: [DeliveredEvent], by member: String) async throws {
        try await api.settle(group: "mail", member: member, SettledDeliveries(deliveries: items.map(\.delivery)))
    }

    @discardableResult
    func publish(_ count: Int = 1, key: String = "key") async throws -> [CloudEvent] {
        let events = try (0..<count).map { number in
            try CloudEvent(EventEnvelope(source: "orders", topic: Self.topic, key: key, data: Array("{\"number\":\(number)}".utf8)))
        }
        try await api.publish(EventPublication(events: events))
        return events
    }

    static let topic = "orders.ended", key = "a key of the services"
}

extension ServingEvents {
    /// Joins a group, and fetches the lanes, so that the next poll waits.
    func idleMember(of group: String = "mail") async throws -> String {
        let member = try await api.join(group: group, NewGroupMember(topics: [Self.topic])).member
        _ = try await api.deliveries(group: group, member: member, wait: 30)
        return member
    }

    /// The number of polls of a member that wait.
    func polls(of member: String) async throws -> Int { await (try await members.member(member, of: "mail")).waiting }

    func waitForPolls(_ count: Int, of member: String) async throws {
        try await eventually("\(count) polls wait") { try await polls(of: member) == count }
    }
}
