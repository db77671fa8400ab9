import Roost
import RoostEvents
import RoostEventsTesting
import RoostSystemTesting
import TestTools
import Testing

@testable import RoostKafka

@Suite(.timeLimit(.minutes(5))) struct KafkaConformanceTests {
    @Test(arguments: EventBusConformance.cases) func conforms(_ requirement: ConformanceCase<EventBusUnderTest>) async throws {
        let bus = try await KafkaEventBus.open(try await KafkaCluster.shared.url(), .medium)
        try await requirement.check(EventBusUnderTest(bus) { await ($0 as? KafkaGroupMember)?.crash() })
        await bus.close()
    }
}
