import Roost
import RoostGRPC
import RoostGateway
import RoostHTTP
import RoostSystem
import RoostSystemTesting
import Testing

/// The shape of errors, given once for a system, is that of every error in it.
@Suite(.timeLimit(.minutes(5))) struct ErrorShapeTests {
    @Schema
    struct APIError: ErrorDocument {
        var error: String
        var message: String
        var request: String

        init(_ problem: Problem, instance: String, requestID: String) {
            error = problem.code.rawValue
            message = problem.message
            request = requestID
        }

        func problem(status: Status?) -> Problem {
            Problem(status ?? .conflict, message, code: Problem.Code(rawValue: error))
        }
    }

    @Contract("kettle")
    protocol KettleAPI: Sendable {
        @Get("/kettle") func kettle() async throws -> String
        @Post("/kettle") func fill(_ litres: Int) async throws
        @Live("/steam") func steam() async throws -> MessageStream<Int>
    }

    @Service(KettleAPI.self)
    struct Kettle: ServiceDefinition, KettleAPI {
        let name = "kettle"
        private static let inUse = Problem(.conflict, "It boils.", code: Problem.Code(rawValue: "in_use"))

        func assemble(on host: ServiceHost) async throws -> Kettle { self }

        func kettle() async throws -> String { throw Self.inUse }
        func fill(_ litres: Int) async throws {}
        func steam() async throws -> MessageStream<Int> { MessageStream(unfolding: { throw Self.inUse }) }
    }

    private func run(_ arrangement: Arrangement, _ test: (TestSystem) async throws -> Void) async throws {
        try await TestSystem.run(arrangement: arrangement, errors: APIError.self) {
            Gateway(port: 0)
            Kettle()
        } test: {
            try await test($0)
        }
    }

    @Test(arguments: Arrangement.allCases) func everyResponseHasIt(arrangement: Arrangement) async throws {
        try await run(arrangement) { system in
            for door in ["gateway", "kettle"] {
                let client = try await system.client(of: door)
                let answers = [
                    try await client.send(.get, "/kettle"), try await client.send(.post, "/kettle", json: "{"),
                    try await client.send(.get, "/nowhere"), try await client.send(.delete, "/kettle"),
                    try await client.send(.get, "/steam"),
                ]
                let expected = [
                    (409, "in_use"), (400, "bad_request"), (404, "not_found"), (405, "method_not_allowed"), (426, "upgrade_required"),
                ]
                for (answer, (status, code)) in zip(answers, expected) {
                    #expect(answer.status.code == status && answer.headers["content-type"] == "application/json", "\(door) \(code)")
                    let error = try JSON.decode(APIError.self, from: answer.bytes)
                    #expect(error.error == code && error.request == answer.headers["x-request-id"], "\(door) \(code)")
                }
                let events = try await client.send(.get, "/steam", headers: ["accept": "text/event-stream"])
                #expect(events.text.hasPrefix(#"event: error\#ndata: {"error":"in_use","message":"It boils.","#))
            }
        }
    }

    @Test func theDocumentsDescribeIt() async throws {
        try await run(.together) { system in
            let text = try await system.client(of: "gateway").send(.get, "/openapi.json").text
            #expect(text.contains(##""NotFound":{"description":"The resource does not exist.""##))
            #expect(
                text.contains(
                    ##""content":{"application/json":{"schema":{"$ref":"#/components/schemas/ErrorShapeTestsAPIError"},"example":{"error":"not_found","##
                ))
            #expect(text.contains(#""ErrorShapeTestsAPIError":{"type":"object""#) && !text.contains("ProblemDocument"))
            #expect(!text.contains("problem+json"))
        }
    }

    /// Between services a problem keeps all that it says, by either wire.
    @Test func aCallerReadsIt() async throws {
        try await run(.apart) { system in
            let address = HTTPAddress(host: "127.0.0.1", port: try await system.port(of: "kettle")), http = PooledHTTPClient()
            let identity = ServiceIdentity(name: "cook")
            let grpc = ServiceCaller.grpc(to: address, as: identity)
            for caller in [.rest(http, to: address, as: identity, errors: APIError.self), grpc] {
                let client = KettleAPIContract.client(over: caller)
                let problem = await #expect(throws: Problem.self) { try await client.kettle() }
                #expect(problem?.status == .conflict && problem?.code.rawValue == "in_use" && problem?.message == "It boils.")
                let ended = await #expect(throws: Problem.self) { for try await _ in try await client.steam() {} }
                #expect(ended?.status == .conflict && ended?.code.rawValue == "in_use")
            }
            grpc.close()
            http.shutdown()
        }
    }
}
