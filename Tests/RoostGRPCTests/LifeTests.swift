import Roost
import RoostGRPC
import RoostHTTP
import Synchronization
import Testing

/// Whether a service is ready, as controlled by a test.
private final class Readiness: Sendable {
    let isReady = Atomic(false)
}

/// Servers that stop, and services that are not ready.
@Suite(.timeLimit(.minutes(5)))
struct LifeTests {
    /// A server that stops accepts no new calls, and completes those in progress (RFC 9113 §6.8).
    @Test func aStopLosesNoCall() async throws {
        let server = try await Talk.server(of: Talk())
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
        let talk = TalkAPIContract.client(over: caller)
        let started = AsyncStream.makeStream(of: Void.self)
        let count = 50
        try await withThrowingTaskGroup(of: [String].self) { group in
            var speakers: [AsyncStream<Note>.Continuation] = []
            for _ in 0..<count {
                let said = AsyncStream.makeStream(of: Note.self)
                said.continuation.yield(Note(text: "1", tags: []))
                speakers.append(said.continuation)
                group.addTask {
                    var heard: [String] = []
                    for try await note in try await talk.talk(room: "r", MessageStream(said.stream)) {
                        heard.append(note.text)
                        started.continuation.yield()
                    }
                    return heard
                }
            }
            var answers = started.stream.makeAsyncIterator()
            for _ in 0..<count { await answers.next() }
            let stop = Task { await server.stop(within: .seconds(60)) }
            while (try? await talk.echo(Note(text: "n", tags: []))) != nil {}
            for speaker in speakers {
                speaker.yield(Note(text: "2", tags: []))
                speaker.finish()
            }
            for try await heard in group { #expect(heard == ["r: 1", "r: 2"]) }
            await stop.value
        }
        caller.close()
    }

    /// A caller reconnects to a server that has returned at the same address.
    @Test func aServerThatComesBack() async throws {
        let first = try await Talk.server(of: Talk())
        let address = HTTPAddress(host: "127.0.0.1", port: first.port)
        let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"))
        let talk = TalkAPIContract.client(over: caller)
        let found = ["1", "none", "w"]
        #expect(try await talk.find(id: 1, exact: nil, word: "w") == found)
        await first.stop(within: .seconds(5))
        let second = try await Talk.server(of: Talk(), port: address.port)
        #expect(try await talk.find(id: 1, exact: nil, word: "w") == found)
        caller.close()
        await #expect(throws: Problem.self) { try await talk.find(id: 1, exact: nil, word: "w") }
        await second.stop(within: .seconds(5))
    }

    @Test func aWatchOfHealthTellsEachChange() async throws {
        let readiness = Readiness()
        let health = HealthService(of: [TalkAPIContract.description]) { readiness.isReady.load(ordering: .relaxed) }
        let request = Request(.post, "/grpc.health.v1.Health/Watch")
        let response = try await health.respond(to: request, in: RequestContext()) { _, _ in Response(.notFound) }
        guard case .stream(let statuses, _) = response.body else { throw Problem(.internalError, "no stream") }
        var told: [[UInt8]] = []
        for try await status in MessageStream(statuses) {
            told.append(status)
            if told.count == 3 { break }
            readiness.isReady.store(told.count == 1, ordering: .relaxed)
        }
        // NOT_SERVING, SERVING, NOT_SERVING
        #expect(told == [[8, 2], [8, 1], [8, 2]])
    }

    /// Requests over HTTP/1.1, or of another kind, are not mistaken for calls.
    @Test func whatIsNoCall() async throws {
        let server = try await Talk.server(of: Talk())
        let client = PooledHTTPClient()
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        var request = Request(.post, "/talk.Talk/Echo", headers: ["content-type": "application/grpc"])
        request.body = .bytes([0, 0, 0, 0, 0])
        let refused = try await client.send(request, to: address)
        #expect(refused.headers["grpc-status"] != "0" && refused.headers["grpc-message"] == "gRPC requires HTTP/2.")
        request.headers["content-type"] = "application/json"
        #expect(try await client.send(request, to: address).status == .notFound)
        client.shutdown()
        await server.stop(within: .seconds(5))
    }
}
