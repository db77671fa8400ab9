import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostSystemTesting
import Testing

@testable import RoostEvents

/// Events of other versions than the program's own.
@Suite(.timeLimit(.minutes(5))) struct EventVersionTests {
    private func envelope(_ version: Int, _ data: String) -> EventEnvelope {
        EventEnvelope(source: "test", topic: ParcelSent.topic, version: version, key: "a", data: Array(data.utf8))
    }

    @Test func anEarlierVersionIsUpgraded() throws {
        #expect(try envelope(1, #"{"parcel":"a","kilograms":3}"#).event(as: ParcelSent.self) == ParcelSent(parcel: "a", grams: 3000))
        #expect(try envelope(2, #"{"parcel":"a","grams":5}"#).event(as: ParcelSent.self) == ParcelSent(parcel: "a", grams: 5))
        #expect(EventEnvelope(ParcelSent(parcel: "a", grams: 1), source: "test").version == 2)
    }

    @Test(arguments: [
        (
            3, #"{"parcel":"a","grams":5}"#, "unknown_event_version",
            "has version 3, but ParcelSent can be read in the versions [1, 2]: deploy"
        ),
        (0, "{}", "unknown_event_version", "has version 0, but ParcelSent can be read in the versions [1, 2]: declare"),
        (1, #"{"parcel":"a","grams":5}"#, "unreadable_event", "not a valid ParcelSent of version 1: /kilograms is required"),
        (2, "{", "unreadable_event", "not a valid ParcelSent of version 2: The text is not JSON"),
        (1, #"{"parcel":"a","kilograms":9223372036854775807}"#, "unreadable_event", "cannot be weighed"),
    ])
    func whatCannotBeReadSaysWhyAndIsNotTriedAgain(version: Int, data: String, code: String, reason: String) throws {
        let error = #expect(throws: Problem.self) { try envelope(version, data).event(as: ParcelSent.self) }
        #expect(error?.code.rawValue == code)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
        #expect(error.map { FailureKind(of: $0) } == .permanent)
    }

    /// The outbox of an earlier release has events without a version, which is 1.
    @Test func theVersionIsStoredAndSent() async throws {
        let folder = try TemporaryFolder(), bus = TestEventBus()
        let database = try await Database.open(folder.databaseURL(), migrations: Outbox.migrations)
        try await database.transaction { transaction in
            try await transaction.publish(ParcelSent(parcel: "new", grams: 1))
            try await transaction.publish(ParcelSent(parcel: "old", grams: 1))
        }
        try await database.execute("UPDATE roost_work SET job = json_remove(job, '$.version') WHERE lane = 'old'")
        try await Outbox(database, to: bus, source: "test").relayAll(of: database)
        #expect(bus.envelopes.map(\.version) == [2, 1])
        await database.close()
    }

    private enum Wrong {
        struct Topic: Bare { static let topic = "Parcels sent" }
        struct NoVersion: Bare { static let topic = "a", version = 0 }
        struct Later: Bare {
            static let topic = "a.b-c.1"
            static let earlier: [EarlierVersion<Self>] = [EarlierVersion(1, String.self) { _ in Later() }]
        }
        struct Twice: Bare {
            static let topic = "a", version = 2
            static let earlier: [EarlierVersion<Self>] = [1, 1].map { EarlierVersion($0, String.self) { _ in Twice() } }
        }
    }

    @Test func aDeclarationThatCannotWorkIsAFault() {
        let form = "must consist of lowercase letters, digits and hyphens, in parts with a dot between them, and have at most 200 bytes"
        #expect(EventDeclaration.faults(of: Wrong.Topic.self) == ["the event Topic: the topic Parcels sent \(form)"])
        #expect(EventDeclaration.faults(of: Wrong.NoVersion.self) == ["the event NoVersion: versions begin with 1, and not with 0"])
        #expect(
            EventDeclaration.faults(of: Wrong.Later.self) == [
                "the event Later: version 1 is not earlier than version 1: increase `version`"
            ])
        #expect(EventDeclaration.faults(of: Wrong.Twice.self) == ["the event Twice: version 1 is declared twice"])
        #expect(EventDeclaration.faults(of: ParcelSent.self) == [])
        for topic in ["", ".", "a.", ".a", "a..b", "a_b", "é", "a\u{0}", String(repeating: "a", count: 201)] {
            #expect(EventDeclaration.fault(ofTopic: topic) != nil, "\(topic)")
        }
        #expect(EventDeclaration.fault(ofTopic: String(repeating: "a", count: 200)) == nil)
    }
}

/// An event without data.
private protocol Bare: Event { init() }

extension Bare {
    var key: String { "1" }
    static var schema: JSONSchema { .string }
    static func decode(from json: inout JSONReader) throws(DecodingFailure) -> Self? { try json.readString().map { _ in Self() } }
    func encode(to json: inout JSONWriter) { json.string("") }
    static func decode(from message: inout ProtobufReader) throws(DecodingFailure) -> Self? { Self() }
    func encode(to message: inout ProtobufWriter) {}
}
