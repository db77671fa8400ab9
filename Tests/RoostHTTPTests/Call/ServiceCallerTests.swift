import Roost
import Testing

@testable import RoostHTTP

@Suite(.timeLimit(.minutes(5))) struct ServiceCallerTests {
    private static let route = Route("things.get", .get, "/things")

    @Test func carriesTheContext() async throws {
        let responder: Responder = { request, context in
            let fields = ["x-request-id", "authorization", "x-service-key", "x-service-name"].map { request.headers[$0] ?? "-" }
            let left = context.deadline.map { ContinuousClock.now.duration(to: $0) > .seconds(1) } ?? false
            return .text((fields + [context.trace.traceID, "\(left)"]).joined(separator: " "))
        }
        try await serving(for: .services, by: responder) { server in
            let client = PooledHTTPClient()
            defer { client.shutdown() }
            let caller = ServiceCaller.rest(client, to: server.address, as: ServiceIdentity(name: "orders", key: "key"))
            let trace = TraceContext.root()
            var context = RequestContext(requestID: "r-1", deadline: .now + .seconds(60), trace: trace)
            context.authorization = "Bearer t"
            let response = try await context.run { try await caller.send(Request(.get, "/things"), for: Self.route) }
            let text = String(decoding: try await response.body.collect(upTo: 1000), as: UTF8.self)
            #expect(text == "r-1 Bearer t key orders \(trace.traceID) true")
        }
    }

    @Test func triesAgainWhereNothingAnswered() async throws {
        let server = try await WireServer.start()
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let caller = ServiceCaller.rest(client, to: server.address, as: ServiceIdentity(name: "orders"))
        async let answer = caller.send(Request(.get, "/things"), for: Self.route)
        for _ in 0..<2 {
            let wire = try #require(await server.accept())
            _ = try await wire.read(until: "\r\n\r\n")
            try await wire.close()
        }
        let wire = try #require(await server.accept())
        _ = try await wire.read(until: "\r\n\r\n")
        try await wire.send("HTTP/1.1 204 No Content\r\n\r\n")
        #expect(try await answer.status == .noContent)
        try await server.stop()
    }

    @Test func aPastDeadlineIsNotSent() async throws {
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        let caller = ServiceCaller.rest(client, to: HTTPAddress(host: "127.0.0.1", port: 1), as: ServiceIdentity(name: "orders"))
        let context = RequestContext(deadline: .now - .seconds(1))
        do {
            _ = try await context.run { try await caller.send(Request(.get, "/things"), for: Self.route) }
            Issue.record("It was sent.")
        } catch let problem as Problem {
            #expect(problem.status == .gatewayTimeout)
        }
    }
}
