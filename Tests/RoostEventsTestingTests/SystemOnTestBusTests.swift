import Roost
import RoostEvents
import RoostSystemTesting
import Testing

/// A system whose events go through a test's bus.
@Suite(.timeLimit(.minutes(5))) struct SystemOnTestBusTests {
    @Test(arguments: Arrangement.allCases) func aTestPublishesAndWaitsUntilItIsHandled(arrangement: Arrangement) async throws {
        let bus = TestEventBus()
        try await TestSystem.run(arrangement: arrangement, drivers: [.events(on: bus), .sqlite]) {
            NotesService()
        } test: { system in
            for number in 1...10 { try await bus.publish(Noted(author: "ada", number: number)) }
            let again = try #require(bus.envelopes.first)
            try await bus.publish([again])
            try await bus.waitUntilSettled(by: "notes")
            #expect(try await system.client(of: "notes").send(.get, "/total").text == "55")
        }
    }

    @Test func whatServicesPublishIsSeen() async throws {
        let bus = TestEventBus()
        try await TestSystem.run(drivers: [.events(on: bus), .sqlite]) {
            NotesService()
        } test: { _ in
            try await bus.publish(Noted(author: "ada", number: -1))
            #expect(try await bus.first(Forgotten.self) == Forgotten(author: "ada"))
            #expect(bus.envelopes.last?.source == "notes")
        }
    }

    @Test func whatCannotBeHandledIsADeadLetter() async throws {
        let bus = TestEventBus(), folder = try TemporaryFolder()
        try await TestSystem.run(drivers: [.events(on: bus), .sqlite], in: folder) {
            NotesService()
        } test: { system in
            try await bus.publish(Noted(author: "ada", number: 0))
            try await bus.publish(Noted(author: "ada", number: 3))
            try await bus.waitUntilSettled(by: "notes")
            let database = try await TestDatabases(in: folder).open("notes")
            let letters = try await DeadLetters(in: database).list(limit: 10)
            await database.close()
            #expect(letters.map(\.attempts) == [1] && letters.first?.error.contains("Zero cannot be noted") == true)
            #expect(try await system.client(of: "notes").send(.get, "/total").text == "3")
        }
    }

    @Test func anEventThatFailsIsTriedAgainWhenTheClockIsThere() async throws {
        let bus = TestEventBus(), clock = TestClock(), gate = Gate(), folder = try TemporaryFolder()
        try await TestSystem.run(drivers: [.events(on: bus), .sqlite(clock: clock)], in: folder) {
            NotesService(gate: gate)
        } test: { system in
            let notes = try await system.client(of: "notes")
            try await bus.publish(Noted(author: "ada", number: 101))
            try await bus.publish(Noted(author: "ada", number: 1))
            try await bus.publish(Noted(author: "bob", number: 2))
            // The later event of the same key waits behind it.
            try await bus.waitUntilSettled(by: "notes")
            #expect(try await notes.send(.get, "/total").text == "2")
            gate.open()
            try await clock.advance(by: .milliseconds(100), until: "the next attempt") {
                try await notes.send(.get, "/total").text == "104"
            }
            let database = try await TestDatabases(in: folder).open("notes")
            #expect(try await DeadLetters(in: database).list(limit: 10).isEmpty)
            await database.close()
        }
    }

    /// The bus outlives the system, as a broker does.
    @Test func aLaterSystemGoesOnAfterTheLastEventThatWasHandled() async throws {
        let bus = TestEventBus(), folder = try TemporaryFolder()
        for round in 1...2 {
            try await bus.publish(Noted(author: "ada", number: round))
            try await TestSystem.run(drivers: [.events(on: bus), .sqlite], in: folder) {
                NotesService()
            } test: { system in
                try await bus.waitUntilSettled(by: "notes")
                #expect(try await system.client(of: "notes").send(.get, "/total").text == (round == 1 ? "1" : "3"))
            }
        }
    }
}
