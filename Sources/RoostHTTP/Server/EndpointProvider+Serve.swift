import Logging
import NIOCore
import Roost
import RoostDocuments

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EndpointProvider {
    /// Serves this over HTTP until the process gets SIGTERM or SIGINT, then lets the requests under way end and returns.
    ///
    /// Where it cannot start it says why in one line on standard error, and exits: with 78 (`EX_CONFIG` of sysexits.h) where the
    /// configuration is wrong, with 1 where the port cannot be had.
    /// - Parameters:
    ///   - port: the TCP port; if left out, the environment's `PORT`, or 8080.
    ///   - documents: whether `/docs` and `/openapi.json` show what is served.
    public func serve(host: String = "127.0.0.1", port: Int? = nil, documents: Bool = true) async throws {
        let stop = StopSignal()
        let server: HTTPServer
        do {
            server = try await start(host, port ?? Configuration.environment.port("PORT", default: 8080), documents)
        } catch let error as ConfigurationError {
            Self.giveUp(error.description, code: 78)
        }
        RequestContext.defaultLogger.info("Listening on \(host), port \(server.port).")
        await stop.wait()
        await server.stop()
    }

    private func start(_ host: String, _ port: Int, _ documents: Bool) async throws -> HTTPServer {
        let endpoints = endpoints
        let description = SystemDescription("\(Self.self)", contracts: .grouping(endpoints.map(\.route)))
        let router = try Router(endpoints + (documents ? Documents(of: description).endpoints(beside: endpoints) : []))
        do {
            return try await HTTPServer.start(HTTPServer.Configuration(host: host, port: port), responder: router.responder)
        } catch let error as IOError {
            Self.giveUp("cannot listen on \(host), port \(port): \(error)", code: 1)
        }
    }

    private static func giveUp(_ reason: String, code: Int32) -> Never {
        let line = Array((reason + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(code)
    }
}
