import Testing

/// What is wrong with callers and lists as parameters.
struct ContractParameterDiagnosticsTests {
    @Test func callers() {
        expectRoute("@Get(\"/a\")", "func f(_ a: Principal.Account, for: Roost.Principal.Service?, all: Principal) async throws", [])
        expectRoute(
            "@Get(\"/a\")", "func f(a: Principal?) async throws",
            ["4:15 a call always has a principal, which may be anonymous: remove the ?"])
        expectRoute(
            "@Get(\"/{a}\", headers: [\"b\": \"X-B\"])", "func f(a: Principal.Account, b: Principal.Service) async throws",
            [
                "4:12 `a` is filled with the caller, not from the request: rename it, or give it another type",
                "4:34 `b` is filled with the caller, not from the request: rename it, or give it another type",
            ])
        expectRoute(
            "@Get(\"/a\")", "func f(a: Principal.Account? = nil) async throws",
            ["4:34 `a` is always filled with the caller: remove the default value"])
        expectRoute(
            "@Get(\"/a\")", "func f(_: Principal.Account) async throws",
            ["4:12 the generated code passes the caller under the name of its parameter: give the parameter a name"])
    }

    @Test func callersThatTheAccessContradicts() {
        let account = "admits callers that are not a Principal.Account, which `a` requires: write access: .signedIn, or Principal.Account?"
        let service = "admits callers that are not a Principal.Service, which `a` requires: write access: .services, or Principal.Service?"
        expectRoute("@Get(\"/a\", access: .anyone)", "func f(a: Principal.Account) async throws", ["3:24 .anyone \(account)"])
        expectRoute("@Get(\"/a\", access: Access.anyone)", "func f(a: Principal.Account) async throws", ["3:24 Access.anyone \(account)"])
        expectRoute("@Get(\"/a\", access: .signedIn)", "func f(a: Principal.Service) async throws", ["3:24 .signedIn \(service)"])
        expectRoute("@Get(\"/a\", access: .role(\"a\"))", "func f(a: Principal.Service) async throws", ["3:24 .role(\"a\") \(service)"])
        for access in [".signedIn", ".role(\"a\")", ".services", "level", "nil"] {
            expectRoute("@Get(\"/a\", access: \(access))", "func f(a: Principal.Account) async throws", [])
        }
        expectRoute("@Get(\"/a\", access: .services)", "func f(a: Principal.Account, b: Principal.Service) async throws", [])
        expectRoute("@Get(\"/a\", access: .anyone)", "func f(a: Principal.Account?, b: Principal) async throws", [])
        expectDiagnostics(
            "@Contract(\"orders\", access: .anyone)\nprotocol OrdersAPI: Sendable {\n    @Get(\"/a\") func f(a: Principal.Account) async throws\n}",
            ["3:26 .anyone \(account)"])
        expectDiagnostics(
            "@Service(access: .signedIn) struct Orders {\n    @Get(\"/a\") func f(a: Principal.Service) {}\n}",
            ["2:26 .signedIn \(service)"])
    }

    @Test func cookies() {
        expectRoute("@Get(\"/a\", cookies: [\"a\": \"x\", \"b\": \"__Host-y\"])", "func f(a: String?, b: Int?) async throws", [])
        expectRoute(
            "@Get(\"/a\", cookies: [\"a\": \"x\", \"b\": \"y\"])", "func f(a: String, b: Int? = 1) async throws",
            [
                "4:15 a request may lack any cookie: write `a: String?`",
                "4:31 a cookie that is missing is `nil`: `b` can't have a default value",
            ])
        expectRoute(
            "@Get(\"/{a}\", headers: [\"b\": \"X-B\"], cookies: [\"a\": \"x\", \"b\": \"y\", \"c\": \"z\"])",
            "func f(a: Int, b: Int?) async throws",
            [
                "3:51 `a` is in the path: remove it from `cookies`",
                "3:61 `b` comes from a header field: remove it from `headers` or from `cookies`",
                "3:71 no parameter of `f` is named `c`: `cookies` maps the names of parameters to cookies",
            ])
        expectRoute(
            "@Get(\"/a\", cookies: [\"a\": \"x y\", \"a\": \"z\"])", "func f(a: Int?) async throws",
            [
                "3:31 `x y` is not a valid cookie name: use letters, digits and -",
                "3:38 `a` can come from only one cookie: remove the other",
            ])
        expectRoute(
            "@Get(\"/a\", cookies: names)", "func f(a: [Int]?) async throws",
            ["3:25 write the cookies here, as in [\"guest\": \"guest-id\"]"])
        expectRoute(
            "@Get(\"/a\", cookies: [\"a\": \"x\"])", "func f(a: [Int]?) async throws",
            ["4:15 `a` is sent as a single text: take a list in the query or the body, and a map in the body"])
        expectRoute(
            "@Get(\"/a\", cookies: [\"a\": \"x\"])", "func f(a: Principal) async throws",
            ["4:12 `a` is filled with the caller, not from the request: rename it, or give it another type"])
    }

    @Test func lists() {
        expectRoute("@Get(\"/a\")", "func f(ids: [Int], tags: Array<String>?, kinds: [Kind]) async throws", [])
        let single = "is sent as a single text: take a list in the query or the body, and a map in the body"
        expectRoute(
            "@Get(\"/{ids}\", headers: [\"tags\": \"X-Tags\"])", "func f(ids: [Int], tags: [String]?, map: [String: Int]) async throws",
            ["4:17 `ids` \(single)", "4:30 `tags` \(single)", "4:46 `map` \(single)"])
        for type in ["[[Int]]", "[Int?]", "[[String: Int]]", "[[Int]]?"] {
            expectRoute(
                "@Get(\"/a\")", "func f(ids: \(type)) async throws",
                ["4:17 each value of `ids` is sent as a single text: take lists of lists, maps and optionals in the body"])
        }
        expectRoute(
            "@Post(\"/a\")", "func f(ids: [Int], _ lines: MessageStream<Line>) async throws",
            ["4:12 `ids` is metadata in gRPC, because the body is a stream: take a list in the stream's first value"])
    }
}
