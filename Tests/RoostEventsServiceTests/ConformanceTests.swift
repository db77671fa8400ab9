import Roost
import RoostEvents
import RoostEventsTesting
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostEventsService

/// The event bus through its HTTP interface is a bus like any other.
@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    private func check(_ requirement: ConformanceCase<EventBusUnderTest>, _ drivers: [Driver]) async throws {
        try await ServingEvents.run(drivers) { serving in
            let subject = EventBusUnderTest(HTTPEventBus(api: serving.api)) { member in
                // As if it had not called for too long.
                if let member = member as? HTTPGroupMember { await serving.members.remove(member.id, inOrder: false) }
            }
            try await requirement.check(subject)
        }
    }

    @Test(arguments: EventBusConformance.cases + EventBusConformance.deduplication)
    func theEmbeddedLog(_ requirement: ConformanceCase<EventBusUnderTest>) async throws { try await check(requirement, [.sqlite]) }

    @Test(arguments: EventBusConformance.cases + EventBusConformance.deduplication)
    func theBusInMemory(_ requirement: ConformanceCase<EventBusUnderTest>) async throws {
        try await check(requirement, [.events(on: TestEventBus()), .sqlite])
    }
}
