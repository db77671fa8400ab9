import Logging
import Roost
import Testing

@Suite(.timeLimit(.minutes(5))) struct RequestContextTests {
    @Test func theCallUnderWayIsTheCurrentOne() async throws {
        let context = RequestContext(requestID: "r1", principal: .account("a"))
        #expect(await context.run { RequestContext.current?.requestID } == "r1")
        #expect(RequestContext.current == nil)
    }

    @Test func theLoggerOutsideACallIsTheOneOfTheService() async {
        await withLogger(Logger(service: "aviary")) { _ in
            #expect(RequestContext.currentLogger.label == "aviary")
            await RequestContext(logger: Logger(label: "call")).run { #expect(RequestContext.currentLogger.label == "call") }
        }
    }

    @Test func whatEndsInTimeIsGiven() async throws {
        #expect(try await RequestContext(requestID: "r2").run(within: .seconds(30)) { RequestContext.current?.requestID } == "r2")
    }

    @Test func whatTakesTooLongIsCancelled() async {
        await #expect {
            // Longer than the test: it ends only by being cancelled.
            try await RequestContext().run(within: .milliseconds(5)) { try await Task.sleep(for: .seconds(600)) }
        } throws: {
            ($0 as? Problem)?.status == .gatewayTimeout
        }
    }

    @Test func theEarlierDeadlineCounts() async throws {
        let soon = ContinuousClock.now + .seconds(3000)
        let seen = try await RequestContext(deadline: soon).run(within: .seconds(30_000)) { RequestContext.current?.deadline }
        #expect(seen == soon)
    }
}
