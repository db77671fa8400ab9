import Roost
import RoostGateway
import RoostHTTP
import RoostTesting
import Testing

@testable import RoostSystem

/// Services that call one another, in one process.
@Suite(.timeLimit(.minutes(1))) struct RunningServicesTests {
    @Contract("greeter")
    protocol GreeterAPI: Sendable {
        @Get("/greeting") func greeting() async throws -> String
        @Get("/secret", access: .services) func secret() async throws -> String
    }

    @Contract("caller")
    protocol CallerAPI: Sendable {
        @Get("/call") func call() async throws -> String
    }

    struct Greeter: ServiceDefinition, GreeterAPI {
        let name = "greeter"
        let contracts: [any Contract.Type] = [GreeterAPIContract.self]

        func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
            var service = ServiceAssembly()
            service.serve(GreeterAPIContract.self, by: self)
            return service
        }

        func greeting() async throws -> String { "hello from \(RequestContext.current.requestID)" }
        func secret() async throws -> String { "secret" }
    }

    /// Listed before what it calls: the order on the page does not matter.
    struct Calling: ServiceDefinition {
        let name = "caller"
        let contracts: [any Contract.Type] = [CallerAPIContract.self]

        struct Implementation: CallerAPI {
            let greeter: any GreeterAPI
            func call() async throws -> String { try await greeter.greeting() + ", " + greeter.secret() }
        }

        func assemble(on host: ServiceHost) async throws -> ServiceAssembly {
            var service = ServiceAssembly()
            service.serve(CallerAPIContract.self, by: Implementation(greeter: try await host.client(for: GreeterAPIContract.self)))
            return service
        }
    }

    @Test func servicesCallOneAnotherDirectly() async throws {
        try await TestSystem.run {
            Gateway(port: 0)
            Calling()
            Greeter()
        } test: { system in
            let gateway = try await system.client(of: "gateway")
            let answer = try await gateway.send(.get, "/call", headers: ["x-request-id": "r9"])
            #expect(answer.text == "hello from r9, secret" && answer.headers["x-request-id"] == "r9")
            #expect(try await gateway.send(.get, "/secret").status == .notFound)
            #expect(try await gateway.send(.get, "/health/ready").status == .notFound)
            #expect(try await system.client(of: "greeter").send(.get, "/secret").status == .forbidden)
            for path in ["/health/live", "/health/ready"] {
                #expect(try await system.client(of: "caller").send(.get, path).status == .ok)
            }
        }
    }

    @Test func aWorkerThatFailsStartsAgain() async throws {
        let runs = Lines()
        let worker = Worker("flaky") {
            runs.add("run")
            if runs.all.count < 3 { throw Problem(.internalError, "not yet") }
        }
        await worker.run(logger: RequestContext.defaultLogger)
        #expect(runs.all.count == 3)
    }

    @Test func aServiceThatIsNotOnThePageIsRefused() async {
        let page = System("page") { Greeter() }
        await #expect(throws: ConfigurationError("nobody is none of this system's services: greeter")) {
            try await RunningServices.start(page, ["nobody"], configuration: Configuration(["DATA_DIR": "/tmp"]))
        }
    }
}
