import RoostEvents
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostRabbitMQ

@Suite(.timeLimit(.minutes(3))) struct RabbitMQConformanceTests {
    @Test(arguments: EventBusConformance.cases)
    func conforms(_ requirement: ConformanceCase<EventBusUnderTest>) async throws {
        let bus = try await RabbitMQEventBus.open(try await RabbitMQServer.shared.url())
        try await requirement.check(EventBusUnderTest(bus) { ($0 as? RabbitMQMember)?.crash() })
        await bus.close()
    }
}
