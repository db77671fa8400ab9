import Foundation
import Roost
import RoostEvents
import RoostSystemTesting
import Synchronization

@testable import RoostEventsService

/// The event bus as a program in another language sees it.
struct HTTPEventBus: EventBus {
    let api: any EventsAPI

    func publish(_ envelopes: [EventEnvelope]) async throws {
        for start in stride(from: 0, to: envelopes.count, by: 100) {
            let events = try envelopes[start..<min(start + 100, envelopes.count)].map { try CloudEvent($0) }
            try await api.publish(EventPublication(events: events))
        }
    }

    func join(_ membership: GroupMembership) async throws -> any GroupMember {
        let new = NewGroupMember(topics: membership.topics.sorted(), capacity: membership.capacity)
        return HTTPGroupMember(api, membership.group, try await api.join(group: membership.group, new).member)
    }

    func close() async {}
}

/// A member that asks for deliveries again and again.
final class HTTPGroupMember: GroupMember {
    let id: String
    private let api: any EventsAPI
    private let group: String
    private let unsettled = Mutex<[DeliveryID: Date]>([:])

    init(_ api: any EventsAPI, _ group: String, _ id: String) { (self.api, self.group, self.id) = (api, group, id) }

    func next() async throws -> [BusEvent] {
        while true {
            let fetched = try await api.deliveries(group: group, member: id, wait: 20)
            let deliveries = try fetched.items.map { item in
                guard let id = DeliveryID(text: item.delivery) else { throw Problem(.unprocessable, item.delivery) }
                return Delivery(
                    id: id, envelope: EventEnvelope(item.event), isRedelivered: item.isRedelivered, generation: item.generation,
                    fault: item.fault)
            }
            unsettled.withLock { unsettled in
                for lane in fetched.lost { unsettled = unsettled.filter { $0.key.lane.name != lane } }
                for delivery in deliveries { unsettled[delivery.id] = delivery.envelope.time }
            }
            let events =
                fetched.lost.map { BusEvent.lost(Lane($0)) } + fetched.assigned.map { .assigned(Lane($0)) }
                + deliveries.map { .delivered($0) } + fetched.revoked.map { .revoked(Lane($0)) }
            if !events.isEmpty { return events }
        }
    }

    func settle(_ delivery: DeliveryID) async throws {
        try await api.settle(group: group, member: id, SettledDeliveries(deliveries: [delivery.text]))
        unsettled.withLock { $0[delivery] = nil }
    }

    /// Only of the events that the member has received.
    func ages() async throws -> [Lane: Duration] {
        unsettled.withLock { unsettled in
            Dictionary(unsettled.map { ($0.lane, Duration.seconds(max(0, -$1.timeIntervalSinceNow))) }, uniquingKeysWith: max)
        }
    }

    func drain() async { try? await api.leave(group: group, member: id) }
}
