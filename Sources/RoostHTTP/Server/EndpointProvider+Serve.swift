import Logging
import Roost
import RoostDocuments
import UnixSignals

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension EndpointProvider {
    /// Serves the endpoints over HTTP until the process receives SIGTERM or SIGINT, and then lets the requests in progress end.
    ///
    /// If it cannot start, it writes the reason in one line to standard error, and exits: with 78 (`EX_CONFIG` in sysexits.h) if a restart
    /// would fail too, as with a wrong setting or an occupied port, and otherwise with 1.
    /// - Parameters:
    ///   - port: The TCP port; by default, `PORT` of the environment, or 8080.
    ///   - documents: Whether to serve `/docs` and `/openapi.json`.
    ///   - errors: The shape of errors.
    public func serve(
        host: String = "127.0.0.1", port: Int? = nil, documents: Bool = true, errors: any ErrorDocument.Type = ProblemDocument.self
    ) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        let server: HTTPServer
        do {
            server = try await start(host, port ?? Settings.environment[.port(default: 8080)], documents, errors)
        } catch let error as TransportError where port == nil {
            Self.reportAndExit(error.naming(port: "PORT"))
        } catch {
            Self.reportAndExit(error)
        }
        RequestContext.defaultLogger.info("Listening on \(host), port \(server.port).")
        for await _ in signals { break }
        await server.stop()
    }

    private func start(
        _ host: String, _ port: Int, _ documents: Bool, _ errors: any ErrorDocument.Type
    ) async throws -> HTTPServer {
        let endpoints = endpoints
        let description = SystemDescription("\(Self.self)", contracts: .grouping(endpoints.map(\.route)), errors: errors)
        let router = try Router(endpoints + (documents ? Documents(of: description).endpoints(beside: endpoints) : []))
        var configuration = HTTPServer.Configuration(host: host, port: port)
        configuration.errors = errors
        return try await HTTPServer.start(configuration, responder: router.responder)
    }

    private static func reportAndExit(_ error: any Error) -> Never {
        let line = Array((Redaction.text("\(error)") + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(FailureKind(of: error) == .permanent ? 78 : 1)
    }
}
