import Roost
import RoostEvents

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Implements the contract of the event bus.
@Service(EventsAPI.self)
struct Events: EventsAPI {
    let bus: any EventBus
    let members: Members

    func publish(_ publication: EventPublication) async throws {
        let envelopes = publication.events.map { EventEnvelope($0) }
        for (index, envelope) in envelopes.enumerated() {
            do throws(Problem) { try envelope.checkLimits() } catch {
                throw Problem(error.status, "The event with the index \(index) cannot be published. \(error.detail ?? "")")
            }
        }
        try await bus.publish(envelopes)
    }

    func join(group: String, _ member: NewGroupMember) async throws -> JoinedGroupMember {
        var faults = member.topics.enumerated().compactMap { index, topic in
            EventDeclaration.fault(ofTopic: topic).map { _ in
                Fault(pointer: "/topics/\(index)", rule: "topic", message: "must be a topic, such as orders.ended")
            }
        }
        do throws(ConfigurationError) { try EventGroup.check(group) } catch {
            faults.append(Fault(pointer: "/group", rule: "group", message: "must be 1 to 64 lowercase letters, digits and hyphens"))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        let id = try await members.join(GroupMembership(group, topics: Set(member.topics), capacity: member.capacity))
        return JoinedGroupMember(member: id, idleSeconds: Int(members.limits.idle.components.seconds))
    }

    func deliveries(group: String, member: String, wait: Int?) async throws -> MemberDeliveries {
        let wait = wait ?? 0
        guard EventsLimits.wait.contains(wait) else {
            let range = "\(EventsLimits.wait.lowerBound) to \(EventsLimits.wait.upperBound)"
            throw Problem.invalid([Fault(pointer: "/wait", rule: "range", message: "must be from \(range)")])
        }
        let remote = try await members.member(member, of: group)
        return try await ending(member, of: group) { MemberDeliveries(try await remote.deliveries(waiting: .seconds(wait))) }
    }

    func settle(group: String, member: String, _ settled: SettledDeliveries) async throws {
        let ids = settled.deliveries.map { DeliveryID(text: $0) }
        let faults = ids.enumerated().filter { $1 == nil }.map { index, _ in
            Fault(pointer: "/deliveries/\(index)", rule: "delivery", message: "must be the identifier of a delivery")
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        let remote = try await members.member(member, of: group)
        try await ending(member, of: group) { try await remote.settle(ids.compactMap(\.self)) }
    }

    func leave(group: String, member: String) async throws {
        _ = try await members.member(member, of: group)
        await members.remove(member, inOrder: true)
    }

    /// Runs an operation of a member. If the bus fails, the member leaves the group, and its program has to join again.
    private func ending<Result: Sendable>(
        _ member: String, of group: String, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let error where !(error is CancellationError) && ![.conflict, .notFound].contains((error as? Problem)?.status) {
            RequestContext.defaultLogger.error("A member of the group \(group) cannot go on: \(error)")
            await members.remove(member, inOrder: false)
            throw Problem.unavailable("The event bus has failed. Join the group again.")
        }
    }
}

extension MemberDeliveries {
    fileprivate init(_ batch: Mailbox.Batch) {
        self.init(
            items: batch.deliveries.map { DeliveredEvent($0) }, revoked: batch.revoked.map(\.name), lost: batch.lost.map(\.name),
            assigned: batch.assigned.map(\.name))
    }
}

extension DeliveredEvent {
    fileprivate init(_ delivery: Delivery) {
        self.init(
            delivery: delivery.id.text, lane: delivery.lane.name, isRedelivered: delivery.isRedelivered, generation: delivery.generation,
            event: CloudEvent(what: delivery.envelope), fault: delivery.fault)
    }
}

extension CloudEvent {
    /// Returns what was delivered. The bytes of a message that is not an event need not be JSON.
    fileprivate init(what envelope: EventEnvelope) {
        do {
            try self.init(envelope)
        } catch {
            self.init(
                specversion: .one, id: envelope.id, source: envelope.source, type: envelope.topic, time: envelope.time,
                datacontenttype: "application/octet-stream", partitionkey: envelope.key, traceparent: envelope.traceparent,
                encodedData: Data(envelope.data).base64EncodedString())
        }
    }
}
