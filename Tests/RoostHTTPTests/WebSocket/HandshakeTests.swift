import NIOEmbedded
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

    private func answer(_ handshake: WebSocketHandshake, subprotocol: String? = nil) throws(Problem) -> Headers {
        try handshake.answer(subprotocol: subprotocol, on: EmbeddedChannel())
    }

    /// The example of RFC 6455 §1.3.
    @Test func accepts() throws {
        let answer = try answer(handshake(), subprotocol: "roost")
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
        #expect(throws: Problem.self) { try answer(handshake(changes)) }
        do { _ = try answer(handshake(changes)) } catch { #expect(error.status.code == status) }
    }

    @Test func pagesOfThisHostAndOfThoseAllowedMayAsk() throws {
        _ = try answer(handshake(["origin": "https://Shop.example"]))
        var limits = WebSocketLimits()
        limits.allowedOrigins = ["https://friend.example"]
        _ = try answer(handshake(["origin": "https://friend.example"], limits))
        #expect(throws: Problem.self) { try answer(handshake(["origin": "https://other.example"], limits)) }
        limits.allowedOrigins = ["*"]
        _ = try answer(handshake(["origin": "null"], limits))
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

    @Test func aClientTakesOneRightProof() {
        let (key, right) = ("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(WebSocketAccept.isRight([right], for: key))
        for values in [[], [right, right], [right.lowercased()]] { #expect(!WebSocketAccept.isRight(values, for: key), "\(values)") }
    }

    @Test func aClientTakesOnlyWhatItOffered() throws {
        let offer = WebSocketOffer(subprotocols: ["roost"], compresses: true)
        let good: Headers = ["upgrade": "websocket", "sec-websocket-accept": WebSocketAccept.value(for: offer.key, on: EmbeddedChannel())]
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
