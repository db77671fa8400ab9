import FoundationEssentials
import Roost
import RoostGRPC
import RoostHTTP
import Synchronization

@Schema
struct Note: Equatable {
    @Check(.length(1...20)) var text: String
    var count: Int = 1
    var tags: [String]
    var at: Date?
}

/// Every kind of call.
@Contract("talk")
protocol TalkAPI: Sendable {
    @Post("/notes") func echo(_ note: Note) async throws -> Note
    @Get("/notes/{id}") func find(id: Int, exact: Bool?, word: String) async throws -> [String]
    @Get("/picks") func pick(ids: [Int], words: [String]?) async throws -> [String]
    @Put("/notes/{id}") func store(id: UUID, _ note: Note) async throws
    @Post("/lines") func gather(_ notes: MessageStream<Note>) async throws -> Int
    @Live("/count/{upTo}") func count(upTo: Int) async throws -> MessageStream<Note>
    @Live("/talk/{room}") func talk(room: String, _ notes: MessageStream<Note>) async throws -> MessageStream<Note>
    /// Never answers by itself.
    @Post("/wait") func wait() async throws
    @Get("/context") func context() async throws -> [String]
}

final class Talk: TalkAPI {
    let waits = AsyncStream.makeStream(of: Void.self)
    let isWaiting = Atomic(false)
    let cancelled = AsyncStream.makeStream(of: Void.self)

    func echo(_ note: Note) async throws -> Note {
        if note.text == "conflict" {
            throw Problem(
                .conflict, "It is täken: 100 %.", type: "https://example.org/taken", title: "Taken", headers: ["retry-after": "3"])
        }
        if note.text == "silent" { throw Problem(.notFound) }
        if note.text == "broken" { throw CocoaError(.fileNoSuchFile) }
        return note
    }

    func find(id: Int, exact: Bool?, word: String) async throws -> [String] {
        ["\(id)", exact.map { "\($0)" } ?? "none", word]
    }

    func pick(ids: [Int], words: [String]?) async throws -> [String] { ids.map { "\($0)" } + (words ?? ["none"]) }

    func store(id: UUID, _ note: Note) async throws {}

    func gather(_ notes: MessageStream<Note>) async throws -> Int {
        var sum = 0
        for try await note in notes { sum += note.count }
        return sum
    }

    func count(upTo: Int) async throws -> MessageStream<Note> {
        if upTo == 0 { throw Problem(.notFound, "There is nothing to count.") }
        let next = Mutex(0)
        return MessageStream(unfolding: {
            let number = next.withLock { number in
                number += 1
                return number
            }
            if number == 1000 { throw Problem(.conflict, "A thousand is too many.") }
            return number <= upTo ? Note(text: "\(number)", count: number, tags: []) : nil
        })
    }

    func talk(room: String, _ notes: MessageStream<Note>) async throws -> MessageStream<Note> {
        notes.mapped { Note(text: "\(room): \($0.text)", tags: $0.tags) }
    }

    func wait() async throws {
        isWaiting.store(true, ordering: .releasing)
        waits.continuation.yield()
        await withTaskCancellationHandler {
            for await _ in AsyncStream<Void>.makeStream().stream {}
        } onCancel: {
            cancelled.continuation.finish()
        }
        throw CancellationError()
    }

    func context() async throws -> [String] {
        guard let context = RequestContext.current else { return [] }
        return [context.requestID, context.authorization ?? "", context.trace.traceID, context.deadline == nil ? "" : "deadline"]
    }

    /// A server of one, on a free port.
    static func server(of service: Talk, port: Int = 0) async throws -> HTTPServer {
        let router = try Router(TalkAPIContract.endpoints(of: service))
        var configuration = HTTPServer.Configuration(port: port)
        configuration.protocols = [GRPCProtocol(serving: [TalkAPIContract.description]) { true }]
        return try await HTTPServer.start(configuration, responder: router.responder)
    }

    /// Runs a server of one while `body` runs.
    static func served<Result>(_ body: (any TalkAPI, HTTPAddress, Talk) async throws -> Result) async throws -> Result {
        let service = Talk()
        let server = try await server(of: service)
        let address = HTTPAddress(host: "127.0.0.1", port: server.port)
        var configuration = HTTP2Connection.Configuration()
        configuration.connectTimeout = .seconds(60)
        let caller = ServiceCaller.grpc(to: address, as: ServiceIdentity(name: "test"), configuration)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(TalkAPIContract.client(over: caller), address, service)) } catch { result = .failure(error) }
        caller.close()
        await server.stop(within: .seconds(5))
        return try result.get()
    }
}
