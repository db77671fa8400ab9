import Roost
import RoostTesting
import Testing

/// A service that asks another one.
private struct Desk: Sendable {
    let library: any LibraryAPI

    func borrow(_ title: String) async throws -> Book { try await library.book(title: title, edition: nil) }
}

@Suite(.timeLimit(.minutes(5))) struct DoubleTests {
    @Test func aFunctionIsAnsweredByItsClosure() async throws {
        let desk = Desk(library: LibraryAPIDouble(book: { title, edition in Book(title: title, pages: edition ?? 7) }))
        #expect(try await desk.borrow("Emma") == Book(title: "Emma", pages: 7))
    }

    @Test func aFunctionWithoutAClosureIsNamed() async throws {
        let library: any LibraryAPI = LibraryAPIDouble(book: { title, _ in Book(title: title) })
        let error = await #expect(throws: Problem.self) { try await library.remove(title: "Emma") }
        #expect(error?.status == .notImplemented)
        #expect(error?.detail?.contains("library.remove") == true)
    }

    @Test func aClosureWithoutAReply() async throws {
        let removed = Calls<String>()
        let library: any LibraryAPI = LibraryAPIDouble(remove: removed.recording { _ in })
        try await library.remove(title: "Emma")
        #expect(removed.all == ["Emma"])
    }

    @Test func streamsInBothDirections() async throws {
        let library: any LibraryAPI = LibraryAPIDouble(
            pages: { count in
                MessageStream(
                    AsyncStream { stream in
                        (1...count).forEach { stream.yield($0) }; stream.finish()
                    })
            },
            sum: { pages in try await pages.reduce(0, +) })
        #expect(try await library.sum(library.pages(count: 4)) == 10)
    }

    /// A double is served like any other implementation.
    @Test func aDoubleIsServed() async throws {
        let library = LibraryAPIDouble(book: { title, _ in throw Problem(.notFound, "There is no \(title).") })
        try await LibraryAPIContract.test(library) { client in
            let response = try await client.send(.get, "/books/Emma")
            #expect(response.status == .notFound && response.problem.detail == "There is no Emma.")
            #expect(try await client.as(.account("ada")).send(.get, "/me").status == .notImplemented)
        }
    }
}

@Suite(.timeLimit(.minutes(5))) struct CallsTests {
    @Test func severalArgumentsAreATuple() async throws {
        let calls = Calls<String, Int?>()
        let library: any LibraryAPI = LibraryAPIDouble(book: calls.recording { title, edition in Book(title: title, pages: edition ?? 1) })
        _ = try await library.book(title: "Emma", edition: 2)
        _ = try await library.book(title: "Persuasion", edition: nil)
        #expect(calls.count == 2)
        #expect(calls.all.map(\.0) == ["Emma", "Persuasion"] && calls.all.map(\.1) == [2, nil])
    }

    @Test func aCallThatFailsIsRecordedToo() async throws {
        let calls = Calls<String>()
        let library: any LibraryAPI = LibraryAPIDouble(remove: calls.recording { _ in throw Problem.unavailable("Closed.") })
        await #expect(throws: Problem.self) { try await library.remove(title: "Emma") }
        #expect(calls.all == ["Emma"])
    }

    @Test func aTestWaitsForCalls() async throws {
        let calls = Calls<Int>()
        async let waited = calls.wait(for: 3)
        for number in 1...3 { calls.record(number) }
        #expect(try await waited == [1, 2, 3])
    }

    @Test func aCallThatDoesNotHappenIsNamed() async throws {
        let calls = Calls<Int>()
        calls.record(1)
        let error = await #expect(throws: OverdueError.self) { try await calls.wait(for: 2, within: .milliseconds(1)) }
        #expect(error?.description.contains("call 2") == true)
    }
}

@Suite(.timeLimit(.minutes(5))) struct GateTests {
    @Test func callsWaitUntilItOpens() async throws {
        let gate = Gate(), calls = Calls<Int>()
        let library: any LibraryAPI = LibraryAPIDouble(
            pages: calls.recording { _ in
                try await gate.pass()
                return MessageStream(AsyncStream { $0.finish() })
            })
        let call = Task { try await library.pages(count: 1) }
        try await calls.wait(for: 1)
        #expect(!gate.isOpen)
        gate.open()
        _ = try await call.value
        try await gate.pass()
    }

    @Test func aCancelledCallStopsWaiting() async throws {
        let gate = Gate()
        let call = Task { try await gate.pass() }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
    }
}
