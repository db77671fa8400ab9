import Roost
import RoostHTTP
import Testing

@testable import RoostGRPC

/// The behavior of one caller does not affect others: their circuit breaker, their retries, their connections.
@Suite(.timeLimit(.minutes(5))) struct BlameTests {
    private func isUnharmed(_ talk: any TalkAPI) async throws {
        for number in 0..<50 { #expect(try await talk.echo(Note(text: "\(number)", tags: [])).text == "\(number)") }
    }

    @Test(arguments: [Duration.zero, .microseconds(1), .milliseconds(2)]) func callersWhoseTimeIsShort(timeout: Duration) async throws {
        try await Talk.served { talk, _, _ in
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        let context = RequestContext(deadline: .now + timeout)
                        await #expect(throws: Problem.self) { try await context.run { try await talk.wait() } }
                    }
                }
            }
            try await isUnharmed(talk)
        }
    }

    /// Also while there is no connection yet.
    @Test func callersWhoseTimeIsOverBeforeThereIsAConnection() async throws {
        try await Talk.served { talk, _, _ in
            for _ in 0..<100 {
                let context = RequestContext(deadline: .now + .microseconds(1))
                await #expect(throws: Problem.self) { try await context.run { try await talk.find(id: 1, exact: nil, word: "w") } }
            }
            try await isUnharmed(talk)
        }
    }

    @Test func callersWhoGoAway() async throws {
        try await Talk.served { talk, _, service in
            let calls = (0..<300).map { _ in Task { try await talk.wait() } }
            var begun = service.waits.stream.makeAsyncIterator()
            for _ in 0..<50 { await begun.next() }
            for call in calls { call.cancel() }
            for call in calls { _ = await call.result }
            try await isUnharmed(talk)
        }
    }

    @Test func callersWhoseRequestsFail() async throws {
        try await Talk.served { talk, _, _ in
            for text in ["conflict", "silent", "broken", "", String(repeating: "x", count: 100)] {
                for _ in 0..<50 { await #expect(throws: Problem.self) { try await talk.echo(Note(text: text, tags: [])) } }
            }
            try await isUnharmed(talk)
        }
    }

    @Test func callersWhoDoNotReadOn() async throws {
        try await Talk.served { talk, _, _ in
            var unread: [MessageStream<Note>.AsyncIterator] = []
            for _ in 0..<40 {
                var stream = try await talk.count(upTo: 900).makeAsyncIterator()
                _ = try await stream.next()
                unread.append(stream)
            }
            try await isUnharmed(talk)
            withExtendedLifetime(unread) {}
        }
    }

    /// The callee is responsible if it cannot be reached.
    @Test func aCalleeThatIsNotThere() async throws {
        let server = try await Talk.server(of: Talk())
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        await server.stop(within: .zero)
        let set = ConnectionSet(address, .init())
        await #expect(throws: Problem.self) { try await set.connection(by: nil) }
        do { _ = try await set.connection(by: nil) } catch { #expect(TransportError(notSent: error).isCalleesFault) }
        #expect(!TransportError(notSent: Problem(.gatewayTimeout)).isCalleesFault)
        #expect(!TransportError(notSent: CancellationError()).isCalleesFault)
        set.close()
    }
}
