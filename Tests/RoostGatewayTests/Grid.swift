import Roost
import RoostGRPC
import RoostHTTP
import TestTools

@testable import RoostGateway

/// Answers of any size, over every wire.
@Contract("grid")
protocol GridAPI: Sendable {
    @Get("/text/{size}") func text(size: Int) async throws -> String
    @Live("/live/{size}") func live(size: Int) async throws -> MessageStream<String>
}

struct Grid: GridAPI {
    func text(size: Int) async throws -> String { Self.text(size) }

    /// Three values, a short one between two of this size.
    func live(size: Int) async throws -> MessageStream<String> { MessageStream(of: Self.text(size), "", Self.text(size)) }

    /// A text of which no part is where another could be.
    static func text(_ size: Int) -> String {
        let pattern = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"
        return String(String(repeating: pattern, count: size / pattern.utf8.count + 1).utf8.prefix(size)) ?? ""
    }

    /// Around every watermark, window and limit that an answer meets on its way: the channel's watermarks (32 and 64 KiB), what is
    /// coalesced, gathered or read ahead (64 KiB), the windows of HTTP/2 (64 KiB, 256 KiB and 1 MiB) and a gRPC message's limit (4 MiB).
    static let sizes: [Int] = {
        let limits = [32, 64, 256, 1024].map { $0 * 1024 }
        let others = [63, 65, 4096, 8192].map { $0 * 1024 }
        return limits.flatMap { [$0 - 1, $0, $0 + 1] } + others
    }()

    /// Where the service answers: at its own port, or behind the gateway.
    enum Way: CaseIterable, Sendable {
        case direct, throughTheGateway
    }

    /// How fast a client takes what it asked for.
    enum Pace: CaseIterable, Sendable {
        case fast, slow
    }

    /// Runs a service, and a gateway before it that has two connections to it for requests. Each has a thread of its own: a debug build
    /// writes the largest answers for a second, in which other tests' servers would stand still.
    static func served(_ way: Way, _ body: (HTTPAddress) async throws -> Void) async throws {
        let description = [GridAPIContract.description]
        let router = try Router(GridAPIContract.endpoints(of: Grid()))
        var server = HTTPServer.Configuration(port: 0, threads: 1)
        // A client closes a socket once it has read what came before.
        server.limits.webSocket.closeTimeout = .seconds(50)
        server.protocols = [GRPCProtocol(serving: description) { true }]
        let service = try await HTTPServer.start(server, responder: router.responder)
        let address = HTTPAddress(host: "127.0.0.1", port: service.port)
        var configuration = PooledHTTPClient.Configuration()
        configuration.connections = 2
        let client = PooledHTTPClient(configuration)
        let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "gateway"))
        let upstream = Upstream(
            "grid", routes: GridAPIContract.description.routes, respond: ReverseProxy(to: "grid", at: address, by: client).respond,
            callers: [caller])
        let gateway = try await HTTPServer.start(server, responder: Gateway().responder(to: [upstream]))
        let result: Result<Void, any Error>
        do {
            let port = way == .direct ? service.port : gateway.port
            result = .success(try await body(HTTPAddress(host: "127.0.0.1", port: port)))
        } catch { result = .failure(error) }
        await gateway.stop(within: .zero)
        client.shutdown()
        caller.close()
        await service.stop(within: .zero)
        try result.get()
    }
}
