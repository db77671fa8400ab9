import Roost
import RoostHTTP
import Testing

struct RouterTests {
    private func router(_ routes: [(RequestMethod, PathPattern)]) throws(ConfigurationError) -> Router {
        try Router(
            routes.map { method, path in Endpoint(Route("\(method) \(path)", method, path)) { call in call.reply(call.route.operation) } })
    }

    /// The result of a lookup in words.
    private func found(_ router: Router, _ method: RequestMethod, _ path: String) -> String {
        switch router.match(method, path) {
        case .found(let endpoint, let parameters):
            ([endpoint.route.operation] + parameters.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
        case .methodNotAllowed(let methods): "allow \(methods.map(\.rawValue).joined(separator: ","))"
        case .notFound: "none"
        }
    }

    @Test(
        arguments: [
            (.get, "/", "GET /"), (.get, "/orders", "GET /orders"), (.get, "/orders/", "GET /orders"), (.post, "/orders", "POST /orders"),
            (.head, "/orders", "GET /orders"), (.get, "/orders/7", "GET /orders/{id} id=7"),
            (.get, "/orders/current", "GET /orders/current"),
            (.get, "/orders/a%2Fb%20c", "GET /orders/{id} id=a/b c"), (.get, "/orders/%zz", "none"), (.get, "/orders/%FF", "none"),
            (.get, "/orders/current/lines", "GET /orders/{key}/lines key=current"),
            (.get, "/orders/7/lines", "GET /orders/{key}/lines key=7"),
            (.delete, "/orders", "allow GET,HEAD,POST"), (.get, "/nothing", "none"),
            (.get, "/files/a/b.txt", "GET /files/{path...} path=a/b.txt"),
            (.get, "/files/one/meta", "GET /files/{name}/meta name=one"),
            (.get, "/files/one/two/meta", "GET /files/{path...} path=one/two/meta"),
            (.put, "/orders/current", "allow GET,HEAD"), (.get, "/Orders", "none"),
        ] as [(RequestMethod, String, String)])
    func finds(method: RequestMethod, path: String, expected: String) throws {
        let router = try router([
            (.get, "/"), (.get, "/orders"), (.post, "/orders"), (.get, "/orders/{id}"), (.get, "/orders/current"),
            (.get, "/orders/{key}/lines"), (.get, "/files/{path...}"), (.get, "/files/{name}/meta"),
        ])
        #expect(found(router, method, path) == expected)
    }

    /// A character that needs no escaping is the same when it is escaped, and so is any character in a literal (RFC 3986 §6.2.2.2).
    @Test(
        arguments: [
            ("/%70roducts", "GET /products"), ("/p%72oduct%73/%41%2d1", "GET /products/{sku} sku=A-1"),
            ("/a b", "GET /a%20b"), ("/a%20b", "GET /a%20b"), ("/%61%20%62", "GET /a%20b"), ("/x+y", "GET /x%2By"),
            ("/x%2by", "GET /x%2By"), ("/%c3%A4", "GET /%C3%A4"), ("/a%CC%88", "none"), ("/products%2FA", "none"),
            ("/%70roducts/a%2Fb", "GET /products/{sku} sku=a/b"),
            ("/%2570roducts", "none"), ("/%", "none"),
        ])
    func onePathMayBeWrittenInManyWays(path: String, expected: String) throws {
        let paths: [PathPattern] = ["/products", "/products/{sku}", "/a%20b", "/x%2By", "/%C3%A4"]
        let router = try router(paths.map { (.get, $0) })
        #expect(found(router, .get, path) == expected)
    }

    /// By the call that takes them, and before they are passed on.
    @Test(
        arguments: [
            "/products/.", "/products/..", "/products/%2e", "/products/%2E.", "/products/%20", "/products/%E2%80%83%20", "/products/%09",
            "/products/" + String(repeating: "a", count: 256), "/products/" + String(repeating: "%C3%A4", count: 256),
            "/files/a/../b", "/files/..", "/files/a/%2e%2e%2Fb", "/files/a/%20/b",
        ], [true, false])
    func aParameterThatCanNameNothingIsRefused(path: String, isForwarded: Bool) async throws {
        let router = try takingNames(isForwarded)
        let problem = await #expect(throws: Problem.self) { try await router.responder(Request(.get, path), RequestContext()) }
        #expect(problem?.status == .unprocessable && problem?.errors.map(\.pointer) == ["/name"])
    }

    @Test(
        arguments: [
            "/products/...", "/products/.a", "/products/a..", "/products/%2520", "/products/" + String(repeating: "%C3%A4", count: 255),
            "/files/a/b..c/.d", "/files/" + String(repeating: "/aaaaaaaa", count: 100),
        ], [true, false])
    func anyOtherParameterIsTaken(path: String, isForwarded: Bool) async throws {
        #expect(try await takingNames(isForwarded).responder(Request(.get, path), RequestContext()).status == .ok)
    }

    private func takingNames(_ isForwarded: Bool) throws -> Router {
        let paths: [PathPattern] = ["/products/{name}", "/files/{name...}"]
        return try Router(
            paths.map { path in
                let route = Route("test.\(path)", .get, path)
                if isForwarded { return Endpoint(proxying: route) { _, _ in .text("") } }
                return Endpoint(route) { call in
                    guard let name = call.path("name", as: String.self) else { throw call.refusal }
                    return call.reply(name)
                }
            })
    }

    /// RFC 9110 §9.3.7.
    @Test func optionsTellsWhatAPathTakes() async throws {
        let responder = try router([(.get, "/a"), (.post, "/a"), (.options, "/own")]).responder
        let response = try await responder(Request(.options, "/a"), RequestContext())
        #expect(response.status == .noContent && response.headers["allow"] == "GET, HEAD, POST, OPTIONS")
        #expect(try await responder(Request(.options, "*"), RequestContext()).status == .noContent)
        #expect(try await responder(Request(.options, "/own"), RequestContext()).status == .ok)
        let problem = await #expect(throws: Problem.self) { try await responder(Request(.options, "/b"), RequestContext()) }
        #expect(problem?.status == .notFound)
    }

    @Test func refusesRoutesThatCollide() {
        let advice = "give one another path or method"
        #expect(throws: ConfigurationError("GET /a/{x} and GET /a/{y} both answer GET /a/{y}, which is /a/{x} too: \(advice)")) {
            try router([(.get, "/a/{x}"), (.get, "/a/{y}")])
        }
        #expect(throws: ConfigurationError("GET /a and GET /a/ both answer GET /a/, which is /a too: \(advice)")) {
            try router([(.get, "/a"), (.get, "/a/"), (.post, "/a"), (.get, "/a/{rest...}")])
        }
    }

    @Test func namesAllThatCollidesAtOnce() {
        let routes = [
            Route("orders.place", .post, "/orders"), Route("orders.Place", .put, "/orders"), Route("carts.add", .post, "/orders"),
            Route("a.get", .get, "/{x}/b/{rest...}"), Route("b.get", .get, "/{y}/b/{others...}"),
        ]
        let endpoints = routes.map { Endpoint($0) { _ in Response() } }
        #expect(
            Router.faults(of: endpoints) == [
                "orders.place and orders.Place are both the procedure /orders.Orders/Place: rename the function or the contract of one",
                "orders.place and carts.add both answer POST /orders: give one another path or method",
                "a.get and b.get both answer GET /{y}/b/{others...}, which is /{x}/b/{rest...} too: give one another path or method",
            ])
        let error = #expect(throws: ConfigurationError.self) { try Router(endpoints) }
        #expect(error?.description == Router.faults(of: endpoints).joined(separator: "\n"))
    }

    @Test func pagesAreNoProcedures() throws {
        let page = Endpoint(Route("orders.place", .get, "/page"), isProcedure: false) { _ in .text("page") }
        let route = Endpoint(Route("orders.place", .post, "/orders")) { _ in .text("placed") }
        #expect(Router.faults(of: [route, page]) == [])
    }

    @Test func answersAndRefuses() async throws {
        let router = try router([(.get, "/a")])
        let response = try await router.responder(Request(.get, "/a"), RequestContext())
        #expect(response.status == .ok)
        let notFound = await #expect(throws: Problem.self) { try await router.responder(Request(.get, "/b"), RequestContext()) }
        #expect(notFound?.status == .notFound)
        let notAllowed = await #expect(throws: Problem.self) { try await router.responder(Request(.post, "/a"), RequestContext()) }
        #expect(notAllowed?.status == .methodNotAllowed)
        #expect(notAllowed?.headers["Allow"] == "GET, HEAD")
    }

    @Test(
        arguments: [
            ("/", "", "/"), ("/a/{id}", "x y/z", "/a/x%20y%2Fz"), ("/a/{rest...}", "b c/d?", "/a/b%20c/d%3F"),
            ("/a/{id}/b", "ä", "/a/%C3%A4/b"),
        ] as [(PathPattern, String, String)])
    func fillsPatterns(pattern: PathPattern, value: String, path: String) {
        #expect(pattern.filled { _ in value } == path)
    }
}
