import Roost
import RoostGateway
import RoostHTTP
import Synchronization
import Testing

/// The gateway's time limit is the gateway's, whatever a client says and wherever the service runs.
@Suite(.timeLimit(.minutes(5))) struct TimeLimitTests {
    private static let routes = [Route("things.wait", .get, "/wait"), Route("things.echo", .post, "/things")]

    private func run(
        apart: Bool, timeout: Duration,
        _ test: (Serving, _ mayEnd: AsyncStream<Void>.Continuation, _ cancelled: () async -> Void) async throws -> Void
    ) async throws {
        let (mayEnd, cancelled) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        let hasBegun = Atomic(false)
        // It heeds nothing, but says so.
        let responder: Responder = { request, context in
            guard request.path == "/wait" || request.path == "/things.Things/Wait" else {
                return .text(context.deadline == nil ? "never" : "some")
            }
            hasBegun.store(true, ordering: .sequentiallyConsistent)
            await withTaskCancellationHandler {
                await Task.detached { for await _ in mayEnd.stream {} }.value
            } onCancel: {
                cancelled.continuation.finish()
            }
            return .text("late")
        }
        try await Serving.run(Self.routes, by: responder, apart: apart, gateway: Gateway(timeout: timeout)) { serving in
            try await test(serving, mayEnd.continuation) {
                // On a busy machine, the time may be over before the handler begins.
                if hasBegun.load(ordering: .sequentiallyConsistent) { for await _ in cancelled.stream {} }
            }
            mayEnd.continuation.finish()
        }
    }

    @Test(arguments: [true, false]) func aRequestThatTakesTooLong(apart: Bool) async throws {
        try await run(apart: apart, timeout: .seconds(2)) { serving, _, cancelled in
            // The gateway is connected, so that the time goes to the handler.
            _ = try await serving.send(.post, "/things", .empty, [:])
            // More than it is granted is not the client's to ask for.
            let answer = try await serving.send(.get, "/wait", .empty, ["x-request-timeout-ms": "3600000"])
            #expect(answer.status == .gatewayTimeout && answer.headers["content-type"] == ProblemDocument.mediaType)
            await cancelled()
        }
    }

    @Test(arguments: [true, false]) func aCallThatTakesTooLong(apart: Bool) async throws {
        try await run(apart: apart, timeout: .seconds(2)) { serving, _, cancelled in
            // The gateway is connected, so that the time goes to the handler.
            let connection = try await HTTP2Connection.open(to: serving.gateway)
            let headers: Headers = ["content-type": "application/grpc", "te": "trailers", "grpc-timeout": "1H"]
            _ = try await connection.send(Request(.post, "/things.Things/Echo", headers: headers, body: .bytes([0, 0, 0, 0, 0])))
            let answer = try await connection.send(
                Request(.post, "/things.Things/Wait", headers: headers, body: .bytes([0, 0, 0, 0, 0])))
            #expect(answer.headers["grpc-status"] == "4")
            await cancelled()
            connection.close()
        }
    }

    /// Less than it needs is not the client's to say either: others would pay for what it costs to give up.
    @Test(arguments: [true, false]) func aClientsOwnTime(apart: Bool) async throws {
        try await run(apart: apart, timeout: .seconds(30)) { serving, _, _ in
            let connection = try await HTTP2Connection.open(to: serving.gateway)
            for headers in [["x-request-timeout-ms": "1"], ["grpc-timeout": "1u"]] as [Headers] {
                for _ in 0..<50 {
                    #expect(try await serving.send(.post, "/things", .empty, headers).text() == "some")
                    let answer = try await connection.send(Request(.post, "/things", headers: headers))
                    #expect(try await answer.text() == "some")
                }
            }
            connection.close()
        }
    }
}
