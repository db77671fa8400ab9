import Roost
import RoostGRPC
import RoostHTTP

@testable import RoostGateway

/// A gateway in front of one service, each on a port of its own.
struct Serving {
    let gateway: HTTPAddress
    /// Asks as a client does, on as many connections as it likes.
    let client: PooledHTTPClient

    /// - Parameters:
    ///   - apart: whether the service runs in another process, as far as the gateway can tell.
    ///   - connections: the most that the gateway makes to the service.
    static func run(
        _ routes: [Route], by responder: @escaping Responder, apart: Bool = true, gateway configured: Gateway = Gateway(),
        connections: Int = 128, limits: HTTPLimits? = nil, _ test: (Serving) async throws -> Void
    ) async throws {
        let router = try Router(routes.map { Endpoint(proxying: $0, to: responder) })
        var inside = HTTPServer.Configuration(port: 0, callers: .services)
        inside.protocols = [GRPCProtocol()]
        let service = try await HTTPServer.start(inside, responder: router.responder)
        var configuration = PooledHTTPClient.Configuration()
        configuration.connections = connections
        let upstreams = PooledHTTPClient(configuration)
        let address = HTTPAddress(host: "127.0.0.1", port: service.port)
        let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "gateway"))
        let proxy = ReverseProxy(to: "things", at: address, by: upstreams, of: configured)
        let upstream =
            apart
            ? Upstream("things", routes: routes, respond: proxy.respond, callers: [caller.intercepted(by: [proxy.sharing])])
            : Upstream("things", routes: routes, respond: router.responder, interceptors: [configured.sharing()])
        var settings = configured.server
        settings.port = 0
        settings.protocols = [GRPCProtocol()]
        if let limits { settings.limits = limits }
        let server = try await HTTPServer.start(settings, responder: configured.responder(to: [upstream]))
        var many = PooledHTTPClient.Configuration()
        many.connections = 1000
        let client = PooledHTTPClient(many)
        let result: Result<Void, any Error>
        do {
            result = .success(try await test(Serving(gateway: HTTPAddress(host: "127.0.0.1", port: server.port), client: client)))
        } catch { result = .failure(error) }
        client.shutdown()
        await server.stop(within: .zero)
        upstreams.shutdown()
        caller.close()
        await service.stop(within: .zero)
        try result.get()
    }

    func send(_ method: RequestMethod, _ path: String, _ body: Body = .empty, _ headers: Headers = [:]) async throws -> Response {
        try await client.send(Request(method, path, headers: headers, body: body), to: gateway)
    }
}

extension Response {
    func bytes() async throws -> [UInt8] { try await body.collect(upTo: 1 << 26) }
    func text() async throws -> String { String(decoding: try await bytes(), as: UTF8.self) }
}

/// A body of which only the beginning comes.
final class SlowBody: Sendable {
    let body: Body
    private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation

    init(_ beginning: [UInt8]) {
        let (stream, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        body = .stream(stream, length: nil)
        self.continuation = continuation
        continuation.yield(beginning)
    }

    func end(_ rest: [UInt8]) {
        continuation.yield(rest)
        continuation.finish()
    }
}
