import Foundation
import Roost
import RoostGRPC
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystemTesting
import Synchronization
import Testing

@testable import RoostSystem

@Schema struct Tip: Equatable { var text: String }

@Contract("tips")
protocol TipsAPI: Sendable {
    @Get("/tips/{id}") func tip(id: String) async throws -> Tip
    @Post("/tips", access: .services) func add(_ tip: Tip) async throws -> Tip
}

/// A program in another language, which a server of the test stands for.
@Suite(.timeLimit(.minutes(5))) struct ExternalTests {
    @Contract("guide")
    protocol GuideAPI: Sendable {
        @Get("/guide/{id}") func guide(id: String) async throws -> Tip
        @Post("/guide") func add(_ tip: Tip) async throws -> Tip
    }

    struct GuideService: ServiceDefinition {
        let name = "guide"

        @Service(GuideAPI.self)
        struct Guide: GuideAPI {
            let tips: any TipsAPI
            func guide(id: String) async throws -> Tip { try await passingOn(.notFound) { try await tips.tip(id: id) } }
            func add(_ tip: Tip) async throws -> Tip { try await tips.add(tip) }
        }

        func assemble(on host: ServiceHost) async throws -> Guide { Guide(tips: try await host.client(for: TipsAPIContract.self)) }
    }

    private static let double = TipsAPIDouble(
        tip: { id in
            guard id != "none" else { throw Problem(.notFound, "There is no such tip.") }
            return Tip(text: "tip \(id)")
        }, add: { $0 })
    private static let fallback = Fallback(TipsAPIContract.self, by: TipsAPIDouble(tip: { _ in Tip(text: "none at the moment") }))

    /// Runs a test with a program that answers by a responder, and a gateway in front of it.
    private func run(
        _ callProtocol: External.CallProtocol = .rest, fallbacks: [Fallback] = [fallback], by responder: @escaping Responder,
        _ test: (TestSystem) async throws -> Void
    ) async throws {
        var configuration = HTTPServer.Configuration(port: 0, callers: .services)
        if callProtocol == .grpc { configuration.protocols = [GRPCProtocol()] }
        let server = try await HTTPServer.start(configuration, responder: responder)
        let result: Result<Void, any Error>
        do {
            try await TestSystem.run(["ADDRESSES": "tips=127.0.0.1:\(server.port)"]) {
                Gateway(port: 0)
                GuideService()
                External("tips", TipsAPIContract.self, command: "tips", callProtocol: callProtocol, fallbacks: fallbacks)
            } test: {
                try await test($0)
            }
            result = .success(())
        } catch { result = .failure(error) }
        await server.stop(within: .zero)
        try result.get()
    }

    private func program() throws -> Responder {
        try Router(ContractProvider(TipsAPIContract.self, by: Self.double).endpoints.map { $0.behind([ServiceByName()]) }).responder
    }

    /// Takes the callers' word for who they are.
    private struct ServiceByName: Middleware {
        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            var context = context
            if let name = request.headers["x-service-name"] { context.principal = .service(name) }
            return try await next(request, context)
        }
    }

    @Test(arguments: [External.CallProtocol.rest, .grpc]) func itIsCalledInEitherProtocol(callProtocol: External.CallProtocol) async throws
    {
        try await run(callProtocol, by: try program()) { system in
            let gateway = try await system.client(of: "gateway")
            let found = try await gateway.send(.get, "/tips/7"), missing = try await gateway.send(.get, "/tips/none")
            #expect(found.status == .ok && found.text == #"{"text":"tip 7"}"#)
            #expect(missing.status == .notFound && missing.problem.detail == "There is no such tip.")
            #expect(try await gateway.send(.post, "/tips", json: #"{"text":"a"}"#).status == .notFound)
            // By gRPC through the gateway.
            let address = HTTPAddress(host: "127.0.0.1", port: try await system.port(of: "gateway"))
            let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
            let tips = TipsAPIContract.client(over: caller)
            #expect(try await tips.tip(id: "8") == Tip(text: "tip 8"))
            let problem = await #expect(throws: Problem.self) { try await tips.tip(id: "none") }
            #expect(problem?.status == .notFound && problem?.detail == "There is no such tip.")
            caller.close()
            // From a service, as a service.
            let guide = try await system.client(of: "guide")
            #expect(try await guide.send(.get, "/guide/9").text == #"{"text":"tip 9"}"#)
            #expect(try await guide.send(.get, "/guide/none").status == .notFound)
            #expect(try await guide.send(.post, "/guide", json: #"{"text":"new"}"#).text == #"{"text":"new"}"#)
        }
    }

    @Test func theTraceAndTheRequestsIdentifierReachIt() async throws {
        let headers = Mutex<[Headers]>([]), program = try program()
        try await run(by: { request, context in
            headers.withLock { $0.append(request.headers) }
            return try await program(request, context)
        }) { system in
            let trace = TraceContext.root()
            let sent: Headers = ["traceparent": trace.traceparent, "x-request-id": "r7", "x-service-key": "a guess"]
            for (service, path) in [("gateway", "/tips/7"), ("guide", "/guide/7")] {
                let client = try await system.client(of: service), status = try await client.send(.get, path, headers: sent).status
                #expect(status == .ok)
            }
            let seen = headers.withLock { $0 }
            #expect(seen.count == 2 && seen.allSatisfy { $0["traceparent"]?.hasPrefix("00-\(trace.traceID)-") == true })
            #expect(seen.allSatisfy { $0["x-request-id"] == "r7" })
            // The gateway calls for anyone, and only a service has the key.
            #expect(seen[0]["x-service-key"] == nil && seen[1]["x-service-name"] == "guide" && seen[1]["x-service-key"] != "a guess")
        }
    }

    @Test func theFallbackAnswersWhileItFails() async throws {
        let status = Mutex<Status>(503), program = try program()
        try await run(by: { request, context in
            let failure = status.withLock { $0 }
            return failure == .ok ? try await program(request, context) : Response(failure, body: .text("no document"))
        }) { system in
            let gateway = try await system.client(of: "gateway")
            let address = HTTPAddress(host: "127.0.0.1", port: try await system.port(of: "gateway"))
            let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
            let tips = TipsAPIContract.client(over: caller)
            for failure in [502, 503, 504] as [Status] {
                status.withLock { $0 = failure }
                let response = try await gateway.send(.get, "/tips/7")
                #expect(response.status == .ok && response.text == #"{"text":"none at the moment"}"#)
                let tip = try await tips.tip(id: "7")
                #expect(tip == Tip(text: "none at the moment"))
            }
            status.withLock { $0 = .internalError }
            #expect(try await gateway.send(.get, "/tips/7").status == .internalError)
            status.withLock { $0 = .ok }
            #expect(try await gateway.send(.get, "/tips/7").text == #"{"text":"tip 7"}"#)
            caller.close()
        }
    }

    @Test(arguments: [[], [fallback]] as [[Fallback]]) func whatCannotBeReached(fallbacks: [Fallback]) async throws {
        let ports = try ReservedPorts(1)
        defer { ports.release() }
        for addresses in ["", "tips=127.0.0.1:\(ports.numbers[0])"] {
            try await TestSystem.run(["ADDRESSES": addresses]) {
                Gateway(port: 0)
                External("tips", TipsAPIContract.self, command: "tips", fallbacks: fallbacks)
            } test: { system in
                let response = try await system.client(of: "gateway").send(.get, "/tips/7")
                #expect(response.status == (fallbacks.isEmpty ? .unavailable : .ok))
                #expect(fallbacks.isEmpty || response.text == #"{"text":"none at the moment"}"#)
            }
        }
    }
}
