import ArgumentParser
import Logging
import Roost
import RoostGRPC
import RoostHTTP
import ServiceLifecycle

@Service
struct Greetings {
    @Get("/plaintext") func plaintext() -> String { "Hello, World!" }
    @Get("/json") func json() -> Greeting { Greeting(message: "Hello, World!") }
}

/// Serves the greetings, and the orders over HTTP/1.1, HTTP/2 and gRPC, all on one port.
struct Serve: AsyncParsableCommand {
    @Option(help: "The TCP port.") var port = 8080

    func run() async throws {
        let server = try await Self.start(port: port)
        let group = ServiceGroup(services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "bench"))
        try await group.run()
    }

    static func start(port: Int) async throws -> HTTPServer {
        let router = try Router(Greetings().endpoints + OrdersAPIContract.endpoints(of: Orders()))
        var configuration = HTTPServer.Configuration(port: port)
        configuration.protocols = [GRPCProtocol()]
        return try await HTTPServer.start(configuration, responder: router.responder)
    }
}
