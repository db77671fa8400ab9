import Roost
import RoostHTTP
import RoostIdempotency
import RoostSQLite
import RoostSystemTesting
import Testing

/// Cookies as arguments, and in responses.
@Suite(.timeLimit(.minutes(5))) struct CookieTests {
    @Test(arguments: Way.allCases) func aCookieIsAnArgument(way: Way) async throws {
        try await OpenZoo.run(way) { open in
            let both = try await open.client.enter(name: "a", 7, guide: "x=y")
            let empty = try await open.client.enter(name: "a", nil, guide: "")
            let none = try await open.client.enter(name: "a", nil, guide: nil)
            #expect(both == ["a", "7", "x=y"] && empty == ["a", "-", ""] && none == ["a", "-", "-"])
            for text in ["a b", "a;zoo-ticket=7", "\r\nx: y", "ä"] {
                await #expect(
                    performing: { try await open.client.enter(name: "a", nil, guide: text) },
                    throws: { ($0 as? Problem)?.errors.map(\.pointer) == ["/guide"] })
            }
        }
    }

    /// The cookie is in no message, so that a route can take one later without a change of its messages.
    @Test func aCookieIsNoFieldOfTheMessage() {
        let route = ZooAPIContract.Routes.enter
        #expect(route.cookies == ["zoo-ticket", "guide"] && route.parameters.map(\.name) == ["name"])
    }

    @Test func theBrowserSendsAndKeepsThem() async throws {
        try await OpenZoo.serve { router in
            let bad = ["zoo-ticket=x", "zoo-ticket=", "zoo-ticket=7; zoo-ticket=8", "zoo-ticket", "Zoo-Ticket=7", "zoo-ticket=7 8"]
            for (cookie, ticket) in [("guide=x; zoo-ticket=\"7\"", "7")] + bad.map({ ($0, "-") }) {
                let response = try await respond(router, "/tickets/a", ["cookie": cookie])
                #expect(response.status == 200)
                let reply = try JSON.decode([String].self, from: try await response.body.collect(upTo: 1000))
                #expect(reply == ["a", ticket, cookie.hasPrefix("guide") ? "x" : "-"], "\(cookie)")
                #expect(
                    response.headers.values("set-cookie") == [
                        "zoo-ticket=1; Path=/; Secure; HttpOnly; SameSite=Lax", "guide=none; Path=/; Secure; HttpOnly; SameSite=Lax",
                    ])
                #expect(response.headers.values("cache-control") == ["no-store"])
            }
            // A call that fails sets nothing.
            await #expect(
                performing: { try await respond(router, "/tickets/closed", [:]) },
                throws: { ($0 as? Problem)?.headers["set-cookie"] == nil })
            #expect(try await respond(router, "/who", ["cookie": "guide=x"]).headers["cache-control"] == nil)
        }
    }

    private func respond(_ router: Responder, _ path: String, _ headers: Headers) async throws -> Response {
        try await router(Request(.get, path, headers: headers), RequestContext())
    }
}

extension OpenZoo {
    /// The zoo's router, without a server.
    static func serve(_ test: (Responder) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let store = try await SQLiteStore.open(folder.databaseURL("store.db"))
        try await test(Router(ZooAPIContract.endpoints(of: Zoo()).rememberingResponses(in: store)).responder)
        await store.close()
        withExtendedLifetime(folder) {}
    }
}
