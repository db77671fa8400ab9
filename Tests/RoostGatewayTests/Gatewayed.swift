import Logging
import Roost
import RoostGateway
import RoostHTTP
import RoostTesting

/// Whether the gateway reaches a service in its own process or over the network.
enum Way: CaseIterable {
    case direct, remote
}

/// Serves over a real socket for as long as `body` runs.
func serving<Result>(_ responder: @escaping Responder, _ body: (HTTPAddress) async throws -> Result) async throws -> Result {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = try await HTTPServer.start(.init(port: 0), logger: logger, responder: responder)
    do {
        let result = try await body(HTTPAddress(host: "127.0.0.1", port: server.port))
        await server.stop(within: .zero)
        return result
    } catch {
        await server.stop(within: .zero)
        throw error
    }
}

/// Puts endpoints behind a gateway, and gives a client of that.
func behind(
    _ gateway: Gateway = Gateway(), _ way: Way = .direct, _ endpoints: [Endpoint] = Echo().endpoints,
    _ test: (TestClient) async throws -> Void
) async throws {
    let router = try Router(endpoints).responder, routes = endpoints.map(\.route), http = HTTPClient()
    defer { http.shutdown() }
    switch way {
    case .direct:
        let responder = try gateway.responder(to: [Upstream("echo", routes: routes, respond: router)])
        try await serving(responder) { try await test(TestClient(http, to: $0)) }
    case .remote:
        try await serving(router) { address in
            let forwarding = Forwarding(to: "echo", at: address, by: http)
            let responder = try gateway.responder(to: [Upstream("echo", routes: routes, respond: forwarding.respond)])
            try await serving(responder) { try await test(TestClient(http, to: $0)) }
        }
    }
}

/// Says what it was sent, a line each.
@Service
struct Echo {
    @Get("/echo/{rest...}") func get(rest: String, request: Request) -> Response { .text(Self.lines(request)) }

    @Post("/echo/{rest...}") func post(rest: String, request: Request) async throws -> Response {
        .text(Self.lines(request) + "\n" + String(decoding: try await request.body.collect(upTo: 1000), as: UTF8.self))
    }

    @Get("/framed") func framed() -> Response { Response(headers: ["x-frame-options": "SAMEORIGIN"]) }
    @Get("/missing") func missing() throws -> Response { throw Problem(.notFound, "Not here.") }
    @Get("/internal", access: .services) func secret() -> String { "secret" }

    private static func lines(_ request: Request) -> String {
        let fields = request.headers.fields.map { "\($0.name.lowercased()): \($0.value)" }
        return (["\(request.method) \(request.target)"] + fields).joined(separator: "\n")
    }
}
