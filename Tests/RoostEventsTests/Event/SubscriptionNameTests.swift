import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostEvents

/// The names with which a service's inbox knows its subscriptions.
@Suite(.timeLimit(.minutes(5))) struct SubscriptionNameTests {
    private func subscription(_ name: String, _ formerly: String...) -> Subscription {
        Subscription(ParcelSent.self, named: name, formerly: formerly) { _ in }
    }

    @Test func namesThatDoNotIdentifyASubscription() {
        let form = "name it with 1 to 64 lowercase letters, digits and hyphens"
        let subscriptions = [
            subscription("mail"), subscription("mail"), subscription("b", "a"), subscription("a"), subscription("c", "c", "c"),
            subscription("Sent"), subscription(""),
        ]
        #expect(
            EventConsumer.faults(of: subscriptions, group: "parcels") == [
                "parcels has a subscription named : \(form)", "parcels has a subscription named Sent: \(form)",
                "parcels has another subscription that is or was named a: give each a name of its own",
                "parcels has more than one subscription named mail: give each a name of its own",
            ])
    }

    /// The second bus delivers the first event again, to the group whose subscriptions have other names now.
    @Test func whatWasHandledUnderAFormerNameIsNotHandledAgain() async throws {
        let folder = try TemporaryFolder(), handled = Calls<String>()
        let database = try await Database.open(folder.databaseURL(), migrations: Outbox.migrations + Inbox.migrations)
        func handle(_ events: [EventEnvelope], as name: String, formerly: [String]) async throws {
            let bus = TestEventBus()
            try await bus.publish(events)
            let subscriptions = [
                Subscription(ParcelSent.self, named: name, formerly: formerly) { event, _ in handled.record("\(name) \(event.parcel)") },
                Subscription(ParcelSent.self, named: name + "-aside", formerly: formerly.map { $0 + "-aside" }) { event in
                    handled.record("\(name)-aside \(event.parcel)")
                },
            ]
            let consumer = try EventConsumer(subscriptions, group: "parcels", from: bus, into: database)
            let run = Task { try await consumer.run() }
            try await bus.waitUntilSettled(by: "parcels")
            run.cancel()
            try await run.value
        }
        let first = EventEnvelope(ParcelSent(parcel: "1", grams: 1), source: "test")
        let second = EventEnvelope(ParcelSent(parcel: "2", grams: 1), source: "test")
        try await handle([first], as: "told", formerly: [])
        try await handle([first, second], as: "tell", formerly: ["older", "told"])
        #expect(handled.all.sorted { $0 < $1 } == ["tell 2", "tell-aside 2", "told 1", "told-aside 1"])
        await database.close()
    }

    @Test func theFormIsThatOfGroups() {
        #expect(subscription("order-mail-2").deadEventPolicy == .skip)
        #expect(Subscription(ParcelSent.self, named: "a", onDeath: .hold) { _, _ in }.deadEventPolicy == .hold)
    }
}
