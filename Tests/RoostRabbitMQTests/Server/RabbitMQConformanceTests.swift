import RoostEvents
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(5))) struct RabbitMQConformanceTests {
    @Test(arguments: EventBusConformance.cases)
    func conforms(_ requirement: ConformanceCase<EventBusUnderTest>) async throws {
        let url = try await RabbitMQServer.shared.url()
        let bus = PatientBus(bus: try await RabbitMQTesting.patiently { try await RabbitMQEventBus.open(url) })
        try await requirement.check(EventBusUnderTest(bus) { ($0 as? RabbitMQMember)?.crash() })
        await bus.bus.close()
    }
}

/// A bus whose users declare and join again if a server that other tests keep busy answers too late, as services do.
private struct PatientBus: EventBus {
    let bus: RabbitMQEventBus

    func publish(_ envelopes: [EventEnvelope]) async throws { try await bus.publish(envelopes) }
    func declare(_ groups: [GroupMembership]) async throws { try await RabbitMQTesting.patiently { try await bus.declare(groups) } }
    func join(_ membership: GroupMembership) async throws -> any GroupMember {
        try await RabbitMQTesting.patiently { try await bus.join(membership) }
    }
    func close() async { await bus.close() }
}
