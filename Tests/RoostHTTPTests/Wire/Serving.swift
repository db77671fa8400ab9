import Logging
import NIOCore
import Roost

@testable import RoostHTTP

/// Runs `body` against a server that answers by `responder`, and stops it.
func serving<Result>(
    _ limits: HTTPLimits = HTTPLimits(), for callers: Callers = .anyone, by responder: @escaping Responder,
    _ body: (HTTPServer) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let server = try await HTTPServer.start(.init(port: 0, limits: limits, callers: callers), logger: logger, responder: responder)
    do {
        let result = try await body(server)
        await server.stop(within: .zero)
        return result
    } catch {
        await server.stop(within: .zero)
        throw error
    }
}

/// Sends `text` on a connection of its own and returns all that comes until it closes.
func exchange(_ text: String, with server: HTTPServer) async throws -> String {
    let wire = try await Wire.connect(server.port)
    try await wire.send(text)
    return try await wire.readToEnd()
}

/// Answers with the method, the target and the body.
let echo: Responder = { request, _ in
    let body = try await request.body.collect(upTo: 1 << 20)
    return .text("\(request.method) \(request.target) \(String(decoding: body, as: UTF8.self))")
}

/// A body of pieces that are made as they are asked for.
func pieces(_ count: Int, of size: Int = 8, made: @escaping @Sendable (Int) -> Void = { _ in }) -> any AsyncSequence<[UInt8], any Error>
    & Sendable
{
    let state = Counter()
    return AsyncThrowingStream<[UInt8], any Error>(unfolding: {
        let number = await state.next()
        guard number <= count else { return nil }
        made(number)
        return [UInt8](repeating: UInt8(ascii: "x"), count: size)
    })
}

/// Waits until a count has begun and stands still. No event tells that nothing more comes, so real time has to; where it is a busy machine
/// that pauses, the test sees less, but does not fail by it.
/// - Returns: the count.
func standstill(of count: () async -> Int) async throws -> Int {
    var before = 0
    while true {
        try await Task.sleep(for: .milliseconds(200))
        let now = await count()
        if now == before, now > 0 { return now }
        before = now
    }
}

actor Counter {
    private(set) var value = 0
    func next() -> Int {
        value += 1
        return value
    }
}

/// Opens once; whoever waits goes on then.
final class Latch: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}

extension HTTPServer {
    /// Looks for what has taken too long, as if some time had passed.
    func look(in time: TimeAmount) async {
        for home in loops {
            await withCheckedContinuation { done in
                home.onLoop {
                    $0.tick(.now() + time)
                    done.resume()
                }
            }
        }
    }
}
