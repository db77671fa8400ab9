import Roost
import RoostEvents
import RoostSQLite
import RoostSystemTesting
import Testing

/// Versions, a declared name and a delayed event in a running system.
@Suite(.timeLimit(.minutes(5))) struct ParcelsTests {
    @Test func eventsOfBothVersionsAreHandledAndTheLateOneIsSentLater() async throws {
        let bus = TestEventBus(), clock = TestClock()
        try await TestSystem.run(drivers: [.events(on: bus), .sqlite(clock: clock)]) {
            ParcelsService()
        } test: { system in
            let earlier = EventEnvelope(
                source: "test", topic: ParcelSent.topic, version: 1, key: "a", data: JSON.encode(ParcelSentV1(parcel: "a", kilograms: 2)))
            try await bus.publish([earlier, EventEnvelope(ParcelSent(parcel: "b", grams: 5), source: "test"), earlier])
            try await bus.waitUntilSettled(by: "parcels")
            #expect(try await system.client(of: "parcels").send(.get, "/weight").text == "2005")
            #expect(try bus.events(ParcelOverdue.self).isEmpty)
            try await clock.advance(by: .seconds(1), until: "both are overdue") { try bus.events(ParcelOverdue.self).count == 2 }
            #expect(Set(try bus.events(ParcelOverdue.self).map(\.parcel)) == ["a", "b"] && clock.uptime >= .seconds(60))
        }
    }
}
