import Roost
import Testing

@testable import RoostHTTP

struct HandshakeTests {
    private static let fields: Headers = [
        "host": "shop.example", "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private func handshake(_ changes: [String: String?] = [:], _ limits: WebSocketLimits = WebSocketLimits()) -> WebSocketHandshake {
        var headers = Self.fields
        for (name, value) in changes { headers[name] = value }
        return WebSocketHandshake(headers, limits: limits)
    }

    /// The examples of FIPS 180-4 and RFC 3174 §7.3.
    @Test(arguments: [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        (String(repeating: "01234567", count: 80), "dea356a2cddd90c7a7ecedc5ebb563934f460452"),
    ])
    func digests(message: String, digest: String) {
        let hex = SHA1.digest(Array(message.utf8)).map { String(0x100 + Int($0), radix: 16).dropFirst() }.joined()
        #expect(hex == digest)
    }

    /// The example of RFC 6455 §1.3.
    @Test func accepts() throws {
        let answer = try handshake().answer(subprotocol: "roost")
        #expect(answer["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(answer["sec-websocket-protocol"] == "roost" && answer["sec-websocket-extensions"] == nil)
    }

    @Test(
        arguments: [
            (["sec-websocket-version": "8"], 426), (["sec-websocket-version": nil], 426), (["sec-websocket-key": "short"], 400),
            (["sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], 400), (["sec-websocket-key": nil], 400),
            (["origin": "https://evil.example"], 403), (["origin": "null"], 403), (["origin": "https://shop.example:444"], 403),
            (["upgrade": "h2c"], 426),
        ] as [([String: String?], Int)])
    func refuses(changes: [String: String?], status: Int) {
        #expect(throws: Problem.self) { try handshake(changes).answer(subprotocol: nil) }
        do { _ = try handshake(changes).answer(subprotocol: nil) } catch { #expect(error.status.code == status) }
    }

    @Test func pagesOfThisHostAndOfThoseAllowedMayAsk() throws {
        _ = try handshake(["origin": "https://Shop.example"]).answer(subprotocol: nil)
        var limits = WebSocketLimits()
        limits.allowedOrigins = ["https://friend.example"]
        _ = try handshake(["origin": "https://friend.example"], limits).answer(subprotocol: nil)
        #expect(throws: Problem.self) { try handshake(["origin": "https://other.example"], limits).answer(subprotocol: nil) }
        limits.allowedOrigins = ["*"]
        _ = try handshake(["origin": "null"], limits).answer(subprotocol: nil)
    }

    @Test(
        arguments: [
            ("permessage-deflate", 15), ("permessage-deflate; client_max_window_bits", 15),
            ("permessage-deflate; server_max_window_bits=10", 10), ("permessage-deflate; server_max_window_bits=\"12\"", 12),
            ("permessage-deflate; server_max_window_bits=8, permessage-deflate", 15), ("x-other, permessage-deflate", 15),
            ("permessage-deflate; unknown", nil), ("permessage-deflate; server_max_window_bits=16", nil),
            ("permessage-deflate; server_no_context_takeover; server_no_context_takeover", nil),
            ("permessage-deflate; server_no_context_takeover=1", nil), ("permessage-deflate;", nil), ("", nil),
        ] as [(String, Int32?)])
    func agreesOnCompression(offer: String, windowBits: Int32?) {
        #expect(handshake(["sec-websocket-extensions": offer]).deflate?.windowBits == windowBits)
    }

    @Test func aClientTakesOnlyWhatItOffered() throws {
        let offer = WebSocketOffer(subprotocols: ["roost"], compresses: true)
        let good: Headers = ["upgrade": "websocket", "sec-websocket-accept": WebSocketHandshake.accept(offer.key)]
        #expect(try offer.check(good) == nil)
        for (name, value) in [
            ("sec-websocket-accept", "wrong"), ("upgrade", "other"), ("sec-websocket-protocol", "other"),
            ("sec-websocket-extensions", "permessage-deflate"), ("sec-websocket-extensions", "x-other"),
        ] {
            var answer = good
            answer[name] = value
            #expect(throws: Problem.self, "\(name): \(value)") { try offer.check(answer) }
        }
        var answer = good
        answer["sec-websocket-extensions"] = DeflateAgreement.offer
        #expect(try offer.check(answer) != nil)
    }
}
