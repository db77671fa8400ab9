import FoundationEssentials
import Roost
import RoostGRPC
import RoostHTTP
import Synchronization
import Testing

/// An argument in a Protocol Buffers message reaches the function as it does with REST, or is rejected in the same way.
struct MessageArgumentTests {
    @Contract("files")
    protocol FilesAPI: Sendable {
        @Put("/files/{name}") func store(name: String, note: String?, _ file: RawBody) async throws -> String
        @Post("/raw") func raw(_ file: RawBody) async throws -> String
        @Get("/rest/{path...}") func rest(path: String) async throws -> String
        @Get("/lists") func lists(ids: [Int], ratios: [Double]?, flags: [Bool], words: [String]) async throws -> String
        @Get("/find") func find(text: String?, ratio: Double?, page: Int) async throws -> String
    }

    struct Files: FilesAPI {
        func store(name: String, note: String?, _ file: RawBody) async throws -> String { "\(name) \(file.contentType) \(file.bytes)" }
        func raw(_ file: RawBody) async throws -> String { "\(file.contentType) \(file.bytes)" }
        func rest(path: String) async throws -> String { path }
        func lists(ids: [Int], ratios: [Double]?, flags: [Bool], words: [String]) async throws -> String {
            "\(ids) \(ratios ?? []) \(flags) \(words)"
        }
        func find(text: String?, ratio: Double?, page: Int) async throws -> String { "\(text ?? "-") \(ratio ?? -1) \(page)" }
    }

    enum Wire: CaseIterable, Sendable {
        case rest, grpc

        var codec: any CallCodec { self == .rest ? RESTCodec() : MessageCodec() }
    }

    /// Makes calls as over a network, but without one.
    struct MessageCaller: Caller {
        let codec: any CallCodec
        let router: Router

        func send(_ request: Request, for route: Route) async throws -> Response {
            do {
                return try await router.responder(request, RequestContext(principal: .account("ada")))
            } catch let problem as Problem {
                return problem.response(instance: request.path, requestID: "r1")
            }
        }
    }

    private func caller(_ wire: Wire) throws -> MessageCaller {
        MessageCaller(codec: wire.codec, router: try Router(FilesAPIContract.endpoints(of: Files())))
    }

    @Test(arguments: Wire.allCases, ["image/png", "text/plain; charset=utf-8", "a/b"])
    func aRawBodyKeepsItsMediaType(wire: Wire, type: String) async throws {
        let files = FilesAPIContract.client(over: try caller(wire))
        let body = RawBody(bytes: [0, 255], contentType: type)
        #expect(try await files.raw(body) == "\(type) [0, 255]")
        #expect(try await files.store(name: "n", note: nil, body) == "n \(type) [0, 255]")
        #expect(try await files.raw(RawBody(bytes: [], contentType: type)) == "\(type) []")
    }

    @Test func aCallerThatSaysNoTypeSendsBytes() async throws {
        let request = message(FilesAPIContract.Routes.raw) { $0.field(1, bytes: [7]) }
        #expect(try await answer(request, FilesAPIContract.Routes.raw) == "application/octet-stream [7]")
    }

    @Test func whatCannotBeTakenIsRefusedAndNeverLeftOut() async throws {
        let route = FilesAPIContract.Routes.find
        let faulty: [(String, @Sendable (inout ProtobufWriter) -> Void)] = [
            ("/text characters", { $0.field(1, "a\0b") }), ("/ratio range", { $0.present(2, Double.nan) }),
        ]
        for (fault, write) in faulty {
            let response = try await caller(.grpc).send(message(route, write), for: route)
            let problem = Problem(response: response, bytes: try await response.body.collect(upTo: 10_000))
            #expect(problem.status == .unprocessable && problem.errors.map { "\($0.pointer) \($0.rule)" } == [fault])
        }
        #expect(try await answer(message(route) { $0.field(3, 4) }, route) == "- -1.0 4")
    }

    /// Numbers can be packed or not (Protocol Buffers, "Message Structure").
    @Test func listsAreRepeatedFields() async throws {
        let route = FilesAPIContract.Routes.lists
        let packed = message(route) { writer in
            writer.field(1, [1, -2])
            writer.field(2, [0.5])
            writer.field(3, [true, false])
            writer.field(4, ["a", ""])
        }
        #expect(try await answer(packed, route) == #"[1, -2] [0.5] [true, false] ["a", ""]"#)
        let single = message(route) { writer in
            for id in [1, -2] { writer.present(1, id) }
            writer.present(2, 0.5)
            for flag in [true, false] { writer.present(3, flag) }
            writer.field(1, [0, 7])
        }
        #expect(try await answer(single, route) == "[1, -2, 0, 7] [0.5] [true, false] []")
        #expect(try await answer(message(route) { _ in }, route) == "[] [] [] []")
    }

    @Test func eachFaultOfAListIsToldWithItsIndex() async throws {
        let route = FilesAPIContract.Routes.lists
        let request = message(route) { writer in
            writer.field(1, Array(1...5000))
            writer.field(2, [1, Double.nan, 2])
            for word in ["a", "b\0", "c"] { writer.present(4, word) }
        }
        let response = try await caller(.grpc).send(request, for: route)
        let problem = Problem(response: response, bytes: try await response.body.collect(upTo: 10_000))
        #expect(problem.errors.map { "\($0.pointer) \($0.rule)" } == ["/ids count", "/ratios/1 range", "/words/1 characters"])
    }

    @Test func aPathIsCheckedWhereverItCameFrom() async throws {
        let route = FilesAPIContract.Routes.store
        let request = message(route) { writer in
            writer.field(1, "e\u{301}")
            writer.field(3, bytes: [1])
        }
        #expect(try await caller(.grpc).send(request, for: route).status == .unprocessable)
    }

    @Test(arguments: Wire.allCases)
    func theRestOfAPathIsIdentifiers(wire: Wire) async throws {
        let files = FilesAPIContract.client(over: try caller(wire)), long = String(repeating: "é", count: 200)
        for path in ["a", "a/b c/é.txt", [long, long, long].joined(separator: "/")] { #expect(try await files.rest(path: path) == path) }
        for path in ["a/../b", "..", "a/ /b", "e\u{301}/a", "a/\0", String(repeating: "a", count: 256)] {
            let problem = await #expect(throws: Problem.self) { try await files.rest(path: path) }
            #expect(problem?.status == .unprocessable && problem?.errors.map(\.pointer) == ["/path"], "\(path)")
        }
    }

    private func message(_ route: Route, _ write: (inout ProtobufWriter) -> Void) -> Request {
        var writer = ProtobufWriter()
        write(&writer)
        var request = Request(.post, route.procedure, body: .bytes(writer.bytes))
        request.codec = MessageCodec()
        return request
    }

    private func answer(_ request: Request, _ route: Route) async throws -> String {
        let response = try await caller(.grpc).send(request, for: route)
        return try Protobuf.decode(String.self, from: try await response.body.collect(upTo: 10_000))
    }
}
