import Roost
import RoostTesting
import Testing

@Suite(.timeLimit(.minutes(5))) struct BrowserTestClientTests {
    @Test func cookiesAreKeptUntilTheyAreRemoved() async throws {
        let service = Turnstile()
        try await service.test { (client: TestClient) async throws -> Void in
            let browser = BrowserTestClient(over: client)
            let other = BrowserTestClient(over: client, cookies: ["visits": "7"])
            let first = try await browser.send(.post, "/visits").text, second = try await browser.send(.post, "/visits").text
            #expect(first == "1" && second == "2" && browser.cookies == ["visits": "2"])
            let others = try await other.send(.post, "/visits").text
            #expect(others == "8")
            let own = try await browser.send(.post, "/visits", headers: ["cookie": "visits=40"]).text
            #expect(own == "41")
            let left = try await browser.send(.delete, "/visits").status
            #expect(left == .noContent && browser.cookies.isEmpty)
            let again = try await browser.send(.post, "/visits").text
            #expect(again == "1")
        }
    }
}

@Service
private struct Turnstile {
    @Post("/visits", cookies: ["visits": "visits"]) func visit(visits: Int?) throws -> String {
        let count = (visits ?? 0) + 1
        RequestContext.current?.set(try SetCookie("visits", "\(count)", maxAge: .seconds(60), isSecure: true))
        return "\(count)"
    }

    @Delete("/visits", cookies: ["visits": "visits"]) func leave(visits: Int?) throws {
        RequestContext.current?.set(try SetCookie("visits", "", isSecure: true).removal)
    }
}
