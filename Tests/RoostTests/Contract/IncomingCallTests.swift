import Roost
import Testing

struct IncomingCallTests {
    private let route = Route("test.call", .post, "/things/{id}", bodyLimit: 64)

    private func call(_ query: String = "", headers: Headers = [:], body: String = "", parameters: [(name: String, value: String)] = [])
        throws -> IncomingCall
    {
        var request = Request(.post, "/things/7", query: query, headers: headers, body: .text(body))
        request.parameters = parameters
        return try IncomingCall(request, route: route)
    }

    @Test func notesEveryFault() throws {
        var call = try call("limit=x&flag=maybe&page=500", headers: ["x-count": "many"])
        _ = call.query("limit", as: Int.self)
        _ = call.query("flag", as: Bool?.self)
        _ = call.query("page", as: PageLimit?.self)
        _ = call.query("missing", as: String.self)
        _ = call.header("X-Count", as: Int.self)
        let refusal = call.refusal
        #expect(refusal.status == .unprocessable)
        #expect(
            refusal.errors.map { "\($0.pointer) \($0.rule) \($0.message)" } == [
                "/limit type must be a whole number", "/flag type must be true or false", "/page range must be from 1 to 100",
                "/missing required is required", "/X-Count type must be a whole number",
            ])
    }

    @Test func aPathThatNamesNothingIsNotFound() throws {
        var call = try call(parameters: [("id", "x")])
        #expect(call.path("id", as: Int.self) == nil)
        #expect(call.refusal.status == .notFound)
    }

    @Test func takesParametersDecoded() throws {
        var call = try call("name=J%C3%BCrgen+B&empty=&name=other")
        #expect(call.query("name", as: String.self) == "Jürgen B")
        #expect(call.query("empty", as: String.self) == "")
        #expect(call.query("gone", as: String?.self) == .some(nil))
    }

    @Test(
        arguments: [
            ("application/json", "[1]", nil), ("Application/JSON; charset=utf-8", "[1]", nil), ("application/merge-patch+json", "[1]", nil),
            ("text/plain", "[1]", 415), (nil, "[1]", 415), (nil, "", 400), ("application/json", "", 400), ("application/json", "[", 400),
            ("application/json", "[" + String(repeating: " ", count: 64) + "]", 413),
        ] as [(String?, String, Int?)])
    func takesJSONAlone(type: String?, body: String, status: Int?) async throws {
        var call = try call(headers: type.map { ["content-type": $0] } ?? [:], body: body)
        do {
            let value = try await call.body(as: [Int].self)
            #expect(value == [1] && status == nil)
        } catch {
            #expect((error as? Problem)?.status.code == status)
        }
    }
}
