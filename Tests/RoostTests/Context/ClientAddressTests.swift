import Roost
import Testing

@Suite struct ClientAddressTests {
    @Test(arguments: [
        ("0", "192.0.2.7", ["198.51.100.1"], "192.0.2.7"),
        ("1", "192.0.2.7", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        ("1", "192.0.2.7", ["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
        ("2", "192.0.2.7", ["6.6.6.6, 203.0.113.9, 198.51.100.1"], "203.0.113.9"),
        ("2", "192.0.2.7", ["198.51.100.1"], "198.51.100.1"),
        ("1", "192.0.2.7", [], "192.0.2.7"),
        ("1", "192.0.2.7", ["6.6.6.6, unknown"], "192.0.2.7"),
        ("192.0.2.0/24", "192.0.2.7", ["6.6.6.6, 198.51.100.1, 192.0.2.8"], "198.51.100.1"),
        ("192.0.2.0/24", "198.51.100.1", ["6.6.6.6"], "198.51.100.1"),
        ("10.0.0.0/8,::1", "::1", ["2001:DB8::1, 10.1.2.3:4711"], "2001:db8::1"),
        ("::ffff:10.0.0.1", "10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("0.0.0.0/0", "192.0.2.7", ["6.6.6.6"], "6.6.6.6"),
    ])
    func theFieldIsReadFromItsEndAndNoFurtherThanTheHopsAreTrusted(
        trusted: String, peer: String, lines: [String], client: String
    ) async throws {
        let proxies = try #require(TrustedProxies(trusted))
        let headers = Headers(lines.map { ("X-Forwarded-For", $0) } + [("Forwarded", "for=6.6.6.6"), ("x-real-ip", "6.6.6.6")])
        #expect(try await seen(headers, from: peer, ClientAddressMiddleware(trusting: proxies)) == client)
    }

    @Test(arguments: ["", "-1", "17", "x", "10.0.0.0/33", "10.0.0.0/8,", "10.0.0", "::1/129", "10.0.0.0/a"])
    func aWrongSettingIsRefused(text: String) {
        #expect(TrustedProxies(text) == nil)
        guard !text.isEmpty else { return }
        #expect(throws: ConfigurationError.self) { try Settings(["TRUSTED_PROXIES": text])[.trustedProxies] }
    }

    @Test func whoShowsTheSystemsKeyIsBelieved() async throws {
        let middleware = ClientAddressMiddleware(trusting: .none, key: "secret")
        for (name, value, client) in [
            ("x-gateway-key", "secret", "198.51.100.1"), ("x-service-key", "secret", "198.51.100.1"),
            ("x-gateway-key", "wrong!", "192.0.2.7"),
            ("x-gateway-key", "", "192.0.2.7"), ("x-service-key", "secre", "192.0.2.7"),
        ] {
            #expect(try await seen([name: value, "x-forwarded-for": "198.51.100.1"], from: "192.0.2.7", middleware) == client)
        }
        #expect(
            try await seen(["x-gateway-key": "", "x-forwarded-for": "198.51.100.1"], from: "192.0.2.7", .init(trusting: .none, key: ""))
                == "192.0.2.7")
    }

    @Test func oneClientHasAWholeNetworkOfVersion6() {
        #expect(IPAddress("2001:db8:1:2:3:4:5:6")?.client == IPAddress("2001:db8:1:2::9")?.client)
        #expect(IPAddress("2001:db8:1:2::1")?.client != IPAddress("2001:db8:1:3::1")?.client)
        #expect(IPAddress("::ffff:192.0.2.1") == IPAddress("192.0.2.1"))
        #expect(IPAddress("192.0.2.1")?.client.description == "192.0.2.1")
        for text in ["", "1.2.3", "1.2.3.4.5", "g::", "1.2.3.4\0"] { #expect(IPAddress(text) == nil) }
    }

    /// What the handler sees; it gets no field of the request that contradicts it.
    private func seen(_ headers: Headers, from peer: String, _ middleware: ClientAddressMiddleware) async throws -> String? {
        var context = RequestContext()
        context.clientAddress = peer
        let response = try await middleware.respond(to: Request(.get, "/", headers: headers), in: context) { request, context in
            for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-gateway-key"] { #expect(request.headers[name] == nil) }
            return .text(context.clientAddress ?? "")
        }
        return String(decoding: try await response.body.collect(upTo: 100), as: UTF8.self)
    }
}
