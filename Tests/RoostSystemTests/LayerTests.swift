import Roost
import RoostGateway
import RoostHTTP
import RoostSQLite
import RoostSystem
import RoostSystemTesting
import Synchronization
import Testing

/// What surrounds calls and requests: given for a system, a service, or the client of another service.
@Suite(.timeLimit(.minutes(5))) struct LayerTests {
    @Contract("clock")
    protocol ClockAPI: Sendable {
        @Get("/time") func time() async throws -> String
        /// Replies only once it is cancelled.
        @Get("/eternity") func eternity() async throws -> String
    }

    @Service(ClockAPI.self)
    struct Clock: ServiceDefinition, ClockAPI {
        let name = "clock"

        func assemble(on host: ServiceHost) async throws -> Clock {
            host.use([Marking("service")], interceptors: [Recording("service")])
            return self
        }

        func time() async throws -> String { "noon" }

        func eternity() async throws -> String {
            // Longer than the test: it ends only by being cancelled.
            try await Task.sleep(for: .seconds(3600))
            return "over"
        }
    }

    @Contract("tower")
    protocol TowerAPI: Sendable {
        @Get("/tower") func read() async throws -> String
        @Get("/wait") func wait() async throws -> String
    }

    /// Calls the clock through interceptors of its own.
    struct TowerService: ServiceDefinition {
        let name = "tower"

        @Service(TowerAPI.self)
        struct Tower: TowerAPI {
            let clock: any ClockAPI
            let hasty: any ClockAPI
            func read() async throws -> String { try await clock.time() }
            func wait() async throws -> String { try await hasty.eternity() }
        }

        func assemble(on host: ServiceHost) async throws -> Tower {
            Tower(
                clock: try await host.client(for: ClockAPIContract.self, interceptors: [Recording("client")]),
                hasty: try await host.client(
                    for: ClockAPIContract.self, interceptors: [DeadlineInterceptor(limit: .milliseconds(20)), RetryInterceptor()]))
        }
    }

    /// Writes what it sees of a call into the log of the test that made it.
    struct Recording: Interceptor {
        static let log = Mutex<[String: [String]]>([:])
        private let name: String

        init(_ name: String) { self.name = name }

        func intercept<Reply: Sendable>(
            _ call: CallInfo, _ next: @escaping @Sendable (CallInfo) async throws -> Reply
        ) async throws -> Reply {
            Self.log.withLock { $0[call.context.requestID, default: []].append("\(name) \(call.route.operation)") }
            return try await next(call)
        }
    }

    /// Adds its name to a header field of the response.
    struct Marking: Middleware {
        private let name: String

        init(_ name: String) { self.name = name }

        func respond(to request: Request, in context: RequestContext, next: Responder) async throws -> Response {
            var response = try await next(request, context)
            response.headers["x-layers"] = name + (response.headers["x-layers"].map { " " + $0 } ?? "")
            return response
        }
    }

    private let system = ServiceSystem("layers", drivers: [.sqlite], middleware: [Marking("system")], interceptors: [Recording("system")]) {
        Gateway(port: 0, middleware: [Marking("gateway")])
        Clock()
        TowerService()
    }

    @Test(arguments: Arrangement.allCases) func callsPassEveryLayerInOrder(arrangement: Arrangement) async throws {
        try await TestSystem.run(system, arrangement: arrangement) { system in
            let id = "layers-\(arrangement)", gateway = try await system.client(of: "gateway")
            #expect(try await gateway.send(.get, "/tower", headers: ["x-request-id": id]).text == "noon")
            let seen = Recording.log.withLock { $0[id] ?? [] }
            #expect(seen == ["system tower.read", "client clock.time", "system clock.time", "service clock.time"])
            #expect(try await gateway.send(.get, "/time").headers["x-layers"] == "gateway system service")
        }
    }

    @Test(arguments: Arrangement.allCases) func aClientLimitsItsCalls(arrangement: Arrangement) async throws {
        try await TestSystem.run(system, arrangement: arrangement) { system in
            let response = try await system.client(of: "gateway").send(.get, "/wait")
            #expect(response.status == .gatewayTimeout)
        }
    }
}
