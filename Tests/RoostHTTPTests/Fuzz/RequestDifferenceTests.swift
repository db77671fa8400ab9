import NIOCore
import NIOEmbedded
import NIOHTTP1
import Roost
import Testing

@testable import RoostHTTP

/// Compares Roost's HTTP/1.1 decoder with NIOHTTP1's on the same bytes. If both accept them, they must see the same requests, because
/// readers that split a connection differently enable request smuggling. If only one accepts them, the reason must be one of those listed.
@Suite(.timeLimit(.minutes(5))) struct RequestDifferenceTests {
    struct Seen: Equatable, CustomStringConvertible {
        var line: String
        var fields: [String]
        var body: [UInt8]

        var description: String { "\(line) \(fields) \(String(decoding: body, as: UTF8.self).debugDescription)" }
    }

    struct Reading {
        var requests: [Seen] = []
        var fault: String?
    }

    static let requests = [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a/b?c=d%20e HTTP/1.1\r\nhost: example.com:80\r\naccept: */*\r\nX-Long: a b\tc\r\n\r\n",
        "POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nContent-Type: text/plain\r\n\r\nhello world",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n",
        "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n",
        "DELETE /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD http://example.com/p?q HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
        "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok",
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nzGET /3 HTTP/1.1\r\nHost: x\r\n\r\n",
    ]

    static let words = [
        "\r\n", "\n", "\r", " ", "\t", ":", ";", ",", "0", "1", "7f", "\0", "\u{7F}", "é", "#", "?", "/", "*", "+", "-", "\r\n ",
        "\r\n\r\n", "0\r\n\r\n",
        "Content-Length: 3\r\n", "Content-Length: 11\r\n", "content-length:", "Transfer-Encoding: chunked\r\n", "chunked", "gzip, ",
        "identity",
        "Host: y\r\n", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "http/1.1", "Connection: close\r\n", "Upgrade: h2c\r\n", "GET ", "POST ",
        "CONNECT ",
        "ffffffffffffffff", "99999999999999999999", "  ", "_", "\"", "@",
    ].map { Array($0.utf8) }

    /// What Roost rejects and NIOHTTP1 accepts, by Roost's message, with the reason.
    static let stricter: [(prefix: String, reason: String)] = [
        ("There must be exactly one host field", "RFC 9112 §3.2; NIOHTTP1 leaves it to the application"),
        ("The host field is not a valid host", "the same"),
        ("The request target does not name a valid host", "RFC 9110 §4.2; the same"),
        ("The extensions of the chunks are too long", "RFC 9112 §7.1.1"),
        ("The request line is not a method", "NIOHTTP1 passes over a CR before it"),
        ("A line of the head does not end with CR LF", "NIOHTTP1 passes over a LF before the request line"),
        ("This server is not a proxy", "CONNECT is not served"),
        ("The only supported transfer coding is chunked", "no other coding is decoded; NIOHTTP1 passes it on"),
        ("HTTP/1.0 does not support transfer codings", "RFC 9112 §6.1"),
        ("The only supported expectation", "RFC 9110 §10.1.1"),
        ("The request target must begin with a slash", "RFC 9112 §3.2: the forms of a target"),
        ("The request target contains characters that must be percent-encoded", "RFC 3986 §2: also # and bytes beyond ASCII"),
        ("A header value contains a control character", "RFC 9110 §5.5"),
        ("This server supports HTTP/1.1 and HTTP/1.0", "NIOHTTP1 passes 0.9 and 2.0 on"),
        ("The body is declared as chunked twice", "one coding, said once"),
        ("A chunk's size is not a hexadecimal number", "a size of more than 15 digits, or what follows it is no extension"),
    ]

    /// What NIOHTTP1 rejects and Roost accepts, by NIOHTTP1's error, with the reason.
    static let looser: [(fault: String, reason: String)] = [
        ("invalid HTTP method", "any token is a method (RFC 9110 §9.1)"),
        ("strict mode assertion", "what a chunk's extension says is not looked at, as long as its characters may be in a field"),
        ("invalid character in content-length header", "a content-length in the trailers is ignored (RFC 9110 §6.5.1)"),
    ]

    static func ours(_ bytes: [UInt8], _ random: inout FuzzRandom) -> Reading {
        var reading = Reading()
        var decoder = RequestDecoder(limits: HTTPLimits())
        var current: Seen?
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = random.below(2) == 0 ? rest.count : 1 + random.below(rest.count)
            decoder.receive(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
            do throws(WireFault) {
                while let event = try decoder.next() {
                    switch event {
                    case .head(let head):
                        let target = head.query.isEmpty ? head.path : "\(head.path)?\(head.query)"
                        current = Seen(
                            line: "\(head.method) \(target)", fields: fields(head.headers.fields, absolute: head.isAbsolute), body: [])
                    case .body(let piece): current?.body += Array(piece.readableBytesView)
                    case .end: if let seen = current.take() { reading.requests.append(seen) }
                    }
                }
            } catch {
                reading.fault = error.detail
                return reading
            }
        }
        return reading
    }

    static func theirs(_ bytes: [UInt8]) throws -> Reading {
        var reading = Reading()
        let channel = EmbeddedChannel()
        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
        do { try channel.writeInbound(ByteBuffer(bytes: bytes)) } catch { reading.fault = "\(error)" }
        var current: Seen?
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                let isAbsolute = !head.uri.hasPrefix("/") && head.uri != "*"
                current = Seen(
                    line: "\(head.method) \(origin(head.uri, head.method.rawValue))",
                    fields: fields(head.headers.map { ($0.name, trimmed($0.value)) }, absolute: isAbsolute), body: [])
            case .body(let piece): current?.body += Array(piece.readableBytesView)
            case .end: if let seen = current.take() { reading.requests.append(seen) }
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return reading
    }

    /// White space after a value is not part of it (RFC 9112 §5); NIOHTTP1 keeps it.
    static func trimmed(_ value: String) -> String {
        String(decoding: Array(value.utf8.reversed().drop(while: FieldSyntax.isSpace).reversed()), as: UTF8.self)
    }

    /// The host of a target in absolute form replaces the host field (RFC 9112 §3.2.2), which NIOHTTP1 leaves unchanged.
    static func fields(_ fields: [(name: String, value: String)], absolute isAbsolute: Bool) -> [String] {
        fields.filter { !isAbsolute || $0.name.lowercased() != "host" }.map { "\($0.name): \($0.value)" }
    }

    /// Roost reduces a target in absolute form to its path (RFC 9112 §3.2.2, §3.2.4), normalizes the path (RFC 3986 §6.2.2), and treats an
    /// empty query as none.
    static func origin(_ target: String, _ method: String) -> String {
        var target = target
        for scheme in ["http://", "https://"] where target.lowercased().hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
            target = rest.hasPrefix("/") ? String(rest) : rest.isEmpty && method == "OPTIONS" ? "*" : "/" + rest
        }
        let mark = target.firstIndex(of: "?") ?? target.endIndex
        target = PercentCoding.normalized(String(target[..<mark])) + target[mark...]
        return target.hasSuffix("?") && target.filter({ $0 == "?" }).count == 1 ? String(target.dropLast()) : target
    }

    @Test(arguments: 0..<8) func bothSeeTheSame(seed: Int) throws {
        var random = FuzzRandom(seed: UInt64(seed))
        for index in 0..<1500 {
            let base = Array(random.pick(Self.requests).utf8)
            let bytes = index < Self.requests.count ? base : random.mutate(base, words: Self.words)
            let ours = Self.ours(bytes, &random)
            let theirs = try Self.theirs(bytes)
            Self.compare(ours, theirs, String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func compare(_ ours: Reading, _ theirs: Reading, _ text: String) {
        for (mine, other) in zip(ours.requests, theirs.requests) { #expect(mine == other, "\(text.debugDescription)") }
        if ours.requests.count > theirs.requests.count {
            let fault = theirs.fault ?? "none"
            #expect(looser.contains { fault == $0.fault }, "only we take \(text.debugDescription): \(fault)")
        } else if ours.requests.count < theirs.requests.count {
            let fault = ours.fault ?? "none"
            #expect(stricter.contains { fault.hasPrefix($0.prefix) }, "only NIOHTTP1 takes \(text.debugDescription): \(fault)")
        }
    }
}
