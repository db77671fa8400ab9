import Roost
import RoostGRPC
import RoostHTTP
import Testing

struct IncomingCallTests {
    private let route = Route("test.call", .post, "/things/{id}", bodyLimit: 64)

    private func call(_ query: String = "", headers: Headers = [:], body: String = "", parameters: [(name: String, value: String)] = [])
        throws -> IncomingCall
    {
        var request = Request(.post, "/things/7", query: query, headers: headers, body: .text(body))
        request.parameters = parameters
        request.codec = RESTCodec()
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

    @Test func aListIsGivenOnceForEachValue() throws {
        var call = try call("tag=a&id=1&tag=b%20c&tag=&tag&id=-2&%74ag=d")
        #expect(call.query("tag", as: [String].self) == ["a", "b c", "", "", "d"])
        #expect(call.query("id", as: [Int]?.self) == [1, -2])
        #expect(call.query("none", as: [Int].self) == [])
        #expect(call.query("none", as: [Int]?.self) == .some(nil))
    }

    @Test func notesEveryFaultOfAList() throws {
        var call = try call("id=1&id=x&id=&tag=%ff&tag=a&tag=%00&" + Array(repeating: "page=1", count: 101).joined(separator: "&"))
        #expect(call.query("id", as: [Int].self) == nil)
        #expect(call.query("tag", as: [String]?.self) == nil)
        #expect(call.query("page", as: [PageLimit].self) == nil)
        #expect(
            call.refusal.errors.map { "\($0.pointer) \($0.rule)" } == [
                "/id/1 type", "/id/2 type", "/tag/0 encoding", "/tag/2 characters", "/page count",
            ])
    }

    @Test func aPathThatNamesNothingIsNotFound() throws {
        var call = try call(parameters: [("id", "x")])
        #expect(call.path("id", as: Int.self) == nil)
        #expect(call.refusal.status == .notFound)
    }

    @Test(arguments: ["", " ", "..", ".", String(repeating: "a", count: 256)])
    func aMessagesPathParameterKeepsTheRulesOfAPath(id: String) throws {
        var writer = ProtobufWriter()
        writer.present(1, id)
        var request = Request(.post, "/test.Test/Call", body: .bytes(writer.bytes))
        request.codec = MessageCodec()
        let route = Route(
            "test.call", .post, "/things/{id}", parameters: [Route.Parameter("id", in: .path, isRequired: true, schema: .string)])
        var call = try IncomingCall(request, route: route)
        #expect(call.path("id", as: String.self) == nil)
        #expect(call.refusal.status == .unprocessable && call.refusal.errors.map(\.pointer) == ["/id"])
    }

    /// RFC 9110 §8.4, §15.5.16.
    @Test(arguments: [
        ("gzip", true), ("GZIP", true), ("identity, br", true), ("x-unknown", true), ("identity", false), ("Identity", false), ("", false),
    ])
    func aCodedBodyIsRefused(coding: String, isRefused: Bool) async throws {
        let headers: Headers = ["content-type": "application/json", "content-encoding": coding]
        var problems: [Problem?] = []
        var value = try call(headers: headers, body: "[1]")
        problems.append(await refusal { _ = try await value.body(as: [Int].self) })
        var raw = try call(headers: headers, body: "[1]")
        problems.append(await refusal { _ = try await raw.body(as: RawBody.self) })
        var lines = try call(headers: ["content-type": "application/x-ndjson", "content-encoding": coding], body: "1\n")
        problems.append(await refusal { _ = try await lines.body(as: MessageStream<Int>.self) })
        for problem in problems {
            #expect(problem?.status == (isRefused ? .unsupportedMediaType : nil))
            #expect(problem?.headers["accept-encoding"] == (isRefused ? "identity" : nil))
        }
    }

    private func refusal(of body: () async throws -> Void) async -> Problem? {
        do { try await body() } catch { return error as? Problem }
        return nil
    }

    @Test func takesParametersDecoded() throws {
        var call = try call("name=J%C3%BCrgen+B&empty=")
        #expect(call.query("name", as: String.self) == "Jürgen B")
        #expect(call.query("empty", as: String.self) == "")
        #expect(call.query("gone", as: String?.self) == .some(nil))
    }

    @Test(arguments: [
        ("name=%FF", "encoding"), ("name=%C3", "encoding"), ("name=%C0%80", "encoding"), ("name=%ED%A0%80", "encoding"),
        ("name=%", "encoding"),
        ("name=%4", "encoding"), ("name=%zz", "encoding"), ("name=a%00b", "characters"), ("name=%00", "characters"),
        ("name=a&name=a", "repeated"), ("name=a&x=1&name=", "repeated"), ("name&n%61me=b", "repeated"), ("limit=", "type"),
        ("limit", "type"),
        ("limit=%FF", "encoding"), ("limit=1&limit=2", "repeated"), ("limit=%201", "type"), ("cursor=", "format"),
        ("cursor=AMyB", "format"), ("cursor=AA", "format"),
        ("cursor=%FF", "encoding"),
    ])
    func aValueThatCannotBeTakenIsNeverLeftOut(query: String, rule: String) throws {
        var call = try call(query)
        _ = call.query("name", as: String?.self)
        _ = call.query("limit", as: Int?.self)
        _ = call.query("cursor", as: PageCursor?.self)
        let name = query.contains("limit") ? "limit" : query.contains("cursor") ? "cursor" : "name"
        #expect(call.refusal.errors.map { [$0.pointer, $0.rule] } == [["/" + name, rule]])
        var direct = Request(.get, "/", query: query)
        direct.query = query.replacing("limit", with: "name").replacing("cursor", with: "name")
        if ["encoding", "characters", "repeated"].contains(rule) { #expect(throws: Problem.self) { try direct.queryParameter("name") } }
    }

    @Test func whatNobodyAsksForIsPassedOver() throws {
        var call = try call("other=%FF&%FF=1&&=2&na%6De=x%26&K=1&%E2%84%AA=2")
        #expect(call.query("name", as: String?.self) == .some("x&"))
        #expect(call.query("K", as: Int.self) == 1)
        #expect(call.refusal.errors.isEmpty)
    }

    @Test(arguments: ["a\0", "\0", "", " ", ".", "..", "a\r\nb", "cafe\u{301}", "a\u{202E}b", String(repeating: "x", count: 256)])
    func aTextInAPathIsAnIdentifier(text: String) throws {
        var call = try call(parameters: [("sku", text)])
        #expect(call.path("sku", as: String.self) == nil)
        #expect(call.refusal.status == .unprocessable && call.refusal.errors.map { [$0.pointer, $0.rule] } == [["/sku", "identifier"]])
    }

    @Test func aHeaderOfSeveralLinesIsOne() throws {
        var call = try call(headers: ["x-list": "a", "X-List": "b", "x-bad": "a\u{FFFD}", "x-null": "\0", "x-one": "é"])
        #expect(call.header("x-list", as: String?.self) == .some("a, b"))
        #expect(call.header("x-one", as: String.self) == "é")
        _ = call.header("x-bad", as: String?.self)
        _ = call.header("x-null", as: String?.self)
        #expect(call.refusal.errors.map { [$0.pointer, $0.rule] } == [["/x-bad", "encoding"], ["/x-null", "characters"]])
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
