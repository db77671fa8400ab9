import Roost

@testable import RoostHTTP

/// Runs `body` with a connection to a server that uses `responder`.
func connected<Result>(
    _ limits: HTTPLimits = HTTPLimits(), for callers: Callers = .anyone, by responder: @escaping Responder,
    _ body: (HTTP2Connection, HTTPServer) async throws -> Result
) async throws -> Result {
    try await serving(limits, for: callers, by: responder) { server in
        let connection = try await HTTP2Connection.open(to: HTTPAddress(host: "127.0.0.1", port: server.port), .patient)
        defer { connection.close(gracefully: false) }
        return try await body(connection, server)
    }
}

extension HTTP2Connection.Configuration {
    /// Connects however busy the machine is.
    static var patient: Self {
        var configuration = Self()
        configuration.connectTimeout = .seconds(60)
        return configuration
    }
}

extension Response {
    /// The body as text.
    func text() async throws -> String { String(decoding: try await body.collect(upTo: 1 << 26), as: UTF8.self) }
}

/// A stream of the values that the test puts in, when it decides to.
struct Feed: Sendable {
    let stream: AsyncThrowingStream<[UInt8], any Error>
    private let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation

    init() { (stream, continuation) = AsyncThrowingStream.makeStream() }

    func send(_ text: String) { continuation.yield(Array(text.utf8)) }
    func end() { continuation.finish() }
}
