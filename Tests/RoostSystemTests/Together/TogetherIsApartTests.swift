import Roost
import Testing

/// A call within a process and one over a wire differ in speed and in nothing else: the same cases, the same results.
@Suite(.timeLimit(.minutes(5))) struct TogetherIsApartTests {
    /// A call that an account makes, with its token.
    private static var signedIn: RequestContext {
        var context = RequestContext(
            requestID: "r7", principal: .account("ada", roles: ["keeper"]), deadline: .now + .seconds(60),
            trace: TraceContext(traceparent: "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01") ?? .root())
        context.authorization = "Bearer ada keeper"
        context.clientAddress = "203.0.113.7"
        context.idempotencyKey = "the caller's own"
        return context
    }

    private func problem(_ body: () async throws -> Void) async -> Problem? {
        do { try await body() } catch { return error as? Problem }
        return nil
    }

    /// The problem that a call fails with that is made as part of another.
    private func problem(in context: RequestContext, _ body: @Sendable () async throws -> Void) async -> Problem? {
        do { try await context.run(body) } catch { return error as? Problem }
        return nil
    }

    @Test(arguments: Way.allCases) func whoCalls(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let service = try await open.client.who()
            #expect(service == ["service", "keeper", "", "keeper"])
            #expect(try await Self.signedIn.run { try await open.client.who() } == ["account", "ada", "keeper", "keeper"])
            var tokenless = Self.signedIn
            tokenless.authorization = nil
            #expect(try await tokenless.run { try await open.client.who() } == ["service", "keeper", "", "keeper"])
        }
    }

    @Test(arguments: Way.allCases) func whatTravelsWithACall(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            #expect(
                try await Self.signedIn.run { try await open.client.context() } == [
                    "r7", "Bearer ada keeper", "0123456789abcdef0123456789abcdef", "deadline", "-", "203.0.113.7",
                ])
            let bare = try await RequestContext(requestID: "r8").run { try await open.client.context() }
            let outside = try await [open.client.context(), open.client.context()]
            #expect(outside.allSatisfy { $0.count == 6 && $0[1] == "-" && $0[2] != "-" } && outside[0][0] != outside[1][0])
            #expect(bare[0] == "r8" && bare[1] == "-" && bare[2] != "-" && bare[3] == "-" && bare[4] == "-")
        }
    }

    @Test(arguments: Way.allCases) func roles(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            #expect(await problem { try await open.client.remove(name: "a") }?.status == .forbidden)
            let client = open.client
            #expect(await problem(in: Self.signedIn) { try await client.remove(name: "a") }?.status == nil)
            let inside = try await client.inside()
            #expect(inside == "inside")
        }
    }

    @Test(arguments: Way.allCases) func values(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let animal = Animal(name: "Ümit", legs: 0)
            let added = try await open.client.add(animal)
            #expect(added == animal)
            #expect(try await open.client.animal(name: "a b/c", note: nil).name == "a b/c")
            #expect(open.seen.all == Array(repeating: way == .local ? .local : .inbound, count: 2))
        }
    }

    @Test(arguments: Way.allCases) func argumentsThatBreakARule(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let path = await problem { _ = try await open.client.animal(name: "..", note: nil) }
            #expect(path?.status == .unprocessable && path?.errors.map { "\($0.pointer) \($0.rule)" } == ["/name identifier"])
            let query = await problem { _ = try await open.client.animal(name: "a", note: "a\0b") }
            #expect(query?.status == .unprocessable && query?.errors.map { "\($0.pointer) \($0.rule)" } == ["/note characters"])
            let body = await problem { _ = try await open.client.add(Animal(name: "", legs: 4)) }
            #expect(body?.status == .unprocessable && body?.errors.map { "\($0.pointer) \($0.rule)" } == ["/name length"])
        }
    }

    @Test(arguments: Way.allCases) func lists(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let client = open.client, names = ["a b", "", "c&d=e", "Ümit", "1,2"]
            let found = try await client.search(names: names, legs: [4, -2, 0], diets: [.fish, .hay, .fish], scores: [0.5, -1])
            #expect(found == names + ["[4, -2, 0]", "fish hay fish", "[0.5, -1.0]"])
            // An empty list is no list.
            #expect(try await client.search(names: [], legs: [], diets: [], scores: []) == ["any legs", "", "[]"])
            #expect(try await client.search(names: [], legs: nil, diets: [], scores: []) == ["any legs", "", "[]"])
            #expect(try await client.search(names: [], legs: Array(1...100), diets: [], scores: []).count == 3)
        }
    }

    @Test(arguments: Way.allCases) func listsThatBreakARule(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let element = await problem {
                _ = try await open.client.search(names: ["a", "b\0", "c", "\0"], legs: nil, diets: [], scores: [])
            }
            #expect(element?.status == .unprocessable)
            #expect(element?.errors.map { "\($0.pointer) \($0.rule)" } == ["/names/1 characters", "/names/3 characters"])
            let long = await problem { _ = try await open.client.search(names: [], legs: Array(1...101), diets: [], scores: []) }
            #expect(long?.status == .unprocessable)
            #expect(long?.errors == [Fault(pointer: "/legs", rule: "count", message: "must have at most 100 items")])
        }
    }

    @Test(arguments: Way.allCases) func problems(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let problem = await problem { _ = try await open.client.fail(kind: "problem") }
            #expect(problem?.status == .conflict && problem?.detail == "The cage is täken." && problem?.title == "Taken")
            #expect(problem?.type == "https://example.org/taken" && problem?.headers["retry-after"] == "3")
            #expect(problem?.errors == [Fault(pointer: "/cage", rule: "free", message: "must be free")])
        }
    }

    /// What a callee answers is its caller's to handle. Only that work can be done later, or took too long, is as true for the caller's own
    /// caller.
    @Test(arguments: Way.allCases) func whatACalleeRefusesIsNotTheCallersResponse(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let answers = [
                400: 502, 401: 502, 403: 502, 404: 502, 409: 502, 413: 502, 422: 502, 500: 502, 501: 502, 502: 502, 429: 503, 503: 503,
                504: 504,
            ]
            for (status, answer) in answers {
                let direct = await problem { _ = try await open.client.fail(kind: "\(status)") }
                #expect(direct?.status.code == status && direct?.code == .escaped && direct?.callee == "zoo.fail")
                let relayed = await problem { _ = try await open.client.relay(kind: "\(status)", passes: nil) }
                #expect(relayed?.status.code == answer && relayed?.callee == "zoo.relay", "\(status)")
                #expect(relayed?.headers["retry-after"] == (answer == 503 ? "7" : nil), "\(status)")
                guard answer == 502 else { continue }
                #expect(relayed?.code == .upstreamError && relayed?.detail?.contains("Only the caller") == false, "\(status)")
            }
            let escape = await problem { _ = try await open.client.relay(kind: "escape", passes: nil) }
            #expect(escape?.status == .badGateway)
        }
    }

    @Test(arguments: Way.allCases) func whatIsPassedOnIsTheCallersResponse(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let problem = await problem { _ = try await open.client.relay(kind: "problem", passes: true) }
            #expect(problem?.status == .conflict && problem?.detail == "The cage is täken." && problem?.title == "Taken")
            #expect(problem?.type == "https://example.org/taken" && problem?.headers["retry-after"] == "3")
            #expect(problem?.errors == [Fault(pointer: "/cage", rule: "free", message: "must be free")])
            let missing = await self.problem { _ = try await open.client.relay(kind: "404", passes: true) }
            #expect(missing?.status == .notFound && missing?.code == .escaped && missing?.callee == "zoo.relay")
            let other = await self.problem { _ = try await open.client.relay(kind: "403", passes: true) }
            #expect(other?.status == .badGateway)
        }
    }

    @Test(arguments: Way.allCases) func whatEndsACalleesStreamIsNotTheCallersResponse(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let tooMany = try await all(of: open.client.relayCount(upTo: 200))
            #expect(tooMany.values.count == 99 && tooMany.problem?.status == .badGateway)
            #expect(tooMany.problem?.code == .upstreamError && tooMany.problem?.callee == "zoo.relayCount")
            #expect(await problem { _ = try await open.client.relayCount(upTo: 0) }?.status == .badGateway)
        }
    }

    @Test(arguments: Way.allCases) func errorsThatAreNoProblem(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let hidden = await problem { _ = try await open.client.fail(kind: "escape") }
            #expect(hidden?.status == .internalError)
            #expect(hidden?.detail == "Something went wrong. Search the logs for the request identifier to find the cause.")
            // The callee's cancellation is not the caller's.
            #expect(await problem { _ = try await open.client.fail(kind: "cancellation") }?.status == 499)
        }
    }

    @Test(arguments: Way.allCases) func deadlines(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            // The connection is there, so that the time goes to the callee.
            _ = try await open.client.mark()
            let client = open.client, began = open.zoo.waiting
            // On a busy machine, the time can be over before the callee is asked.
            while open.zoo.waiting == began {
                let short = RequestContext(deadline: .now + .seconds(2))
                #expect(await problem(in: short) { try await client.wait() }?.status == .gatewayTimeout)
            }
            var cancelled = open.zoo.cancelled.stream.makeAsyncIterator()
            await cancelled.next()
        }
        // Calls whose time was over before they were sent may still arrive there.
        try await OpenZoo.run(way) { open in
            let client = open.client, count = open.seen.all.count
            let past = RequestContext(deadline: .now - .seconds(1))
            #expect(await problem(in: past) { try await client.wait() }?.status == .gatewayTimeout)
            #expect(open.seen.all.count == count)
        }
    }

    @Test(arguments: Way.allCases) func cancellation(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let call = Task { try await open.client.wait() }
            var waits = open.zoo.waits.stream.makeAsyncIterator()
            await waits.next()
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            var cancelled = open.zoo.cancelled.stream.makeAsyncIterator()
            await cancelled.next()
        }
    }

    @Test(arguments: Way.allCases) func idempotencyKeys(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let calf = Animal(name: "calf")
            let first = try await withIdempotencyKey("k") { try await Self.signedIn.run { try await open.client.birth(calf) } }
            let again = try await withIdempotencyKey("k") { try await Self.signedIn.run { try await open.client.birth(calf) } }
            #expect(first == 1 && again == 1)
            let other = await problem {
                _ = try await withIdempotencyKey("k") { try await Self.signedIn.run { try await open.client.birth(Animal(name: "cub")) } }
            }
            #expect(other?.status == .unprocessable)
            #expect(try await Self.signedIn.run { try await open.client.birth(calf) } == 2)
        }
    }

    @Test(arguments: Way.allCases) func taskLocalsStayWithTheirTask(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let mark = try await Zoo.$mark.withValue("caller") { try await open.client.mark() }
            #expect(mark == "none")
        }
    }

    @Test(arguments: Way.allCases) func streams(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            #expect(try await all(of: open.client.count(upTo: 3)).values == [1, 2, 3])
            #expect(await problem { _ = try await open.client.count(upTo: 0) }?.status == .notFound)
            let tooMany = try await all(of: open.client.count(upTo: 200))
            #expect(tooMany.values.count == 99 && tooMany.problem?.status == .conflict)
            #expect(tooMany.problem?.detail == "A hundred is too many.")
            let broken = try await all(of: open.client.count(upTo: 60))
            #expect(broken.values.count == 49 && broken.problem?.status == .internalError)
            #expect(try await open.client.sum(MessageStream(of: 1, 2, 3)) == 6)
        }
    }

    private func all(of stream: MessageStream<Int>) async -> (values: [Int], problem: Problem?) {
        var values: [Int] = []
        let problem = await problem { for try await value in stream { values.append(value) } }
        return (values, problem)
    }
}
