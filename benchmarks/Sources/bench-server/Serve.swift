import ArgumentParser
import Roost
import RoostGRPC
import RoostHTTP

@Service
struct Greetings {
    @Get("/plaintext") func plaintext() -> String { "Hello, World!" }
    @Get("/json") func json() -> Greeting { Greeting(message: "Hello, World!") }
}

/// Serves the greetings, and the orders over HTTP/1.1, HTTP/2 and gRPC, all on one port.
struct Serve: AsyncParsableCommand {
    @Option(help: "The TCP port.") var port = 8080

    func run() async throws {
        let stop = StopSignal()
        let server = try await Self.start(port: port)
        await stop.wait()
        await server.stop()
    }

    static func start(port: Int) async throws -> HTTPServer {
        let router = try Router(Greetings().endpoints + OrdersAPIContract.endpoints(of: Orders()))
        var configuration = HTTPServer.Configuration(port: port)
        configuration.protocols = [GRPCProtocol()]
        return try await HTTPServer.start(configuration, responder: router.responder)
    }
}
