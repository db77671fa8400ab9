import NIOCore
import Roost
import Testing

@testable import RoostHTTP

@Suite struct RequestDecoderTests {
    /// The decoder's result for `text`, on one line.
    private func decode(_ text: String, by size: Int = .max, limits: HTTPLimits = HTTPLimits()) throws -> String {
        var decoder = RequestDecoder(limits: limits)
        var rest = ByteBuffer(string: text)
        var log = ""
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            decoder.receive(piece)
            while let event = try decoder.next() {
                switch event {
                case .head(let head): log += "\(head.method) \(head.path)?\(head.query) \(head.framing);"
                case .body(let body): log += String(buffer: body)
                case .end: log += ";"
                }
            }
        }
        return log
    }

    private static let three =
        "GET /a?b=c HTTP/1.1\r\nhost: x\r\n\r\n"
        + "POST /d HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        + "\r\nPUT /e HTTP/1.1\r\nhost:x\r\ntransfer-encoding: Chunked\r\n\r\n3;a=b\r\nabc\r\n2\r\nde\r\n0\r\ntrailer: t\r\n\r\n"

    @Test(arguments: [1, 2, 3, 7, 64, Int.max]) func splitAnywhereItIsTheSame(size: Int) throws {
        let log = try decode(Self.three, by: size)
        #expect(log == "GET /a?b=c none;;POST /d? length(5);hello;PUT /e? chunked;abcde;")
    }

    @Test(arguments: [
        ("GET /\r\nhost: x\r\n\r\n", 400),
        ("GET  / HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        ("G(T / HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        ("GET / http/1.1\r\nhost: x\r\n\r\n", 400),
        ("GET nowhere HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        ("GET /\u{e9} HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nhost: x\r\n\r\n", 505),
        ("CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n", 501),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\nhost: x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x/y\r\n\r\n", 400),
        ("GET / HTTP/1.1\nhost: x\n\n", 400),
        ("GET / HTTP/1.1\r\nhost : x\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na: b\r\n c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na: b\u{0}c\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\na: b\rc\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nhost: x\r\nexpect: miracles\r\n\r\n", 417),
    ])
    func refuses(text: String, status: Int) {
        #expect(throws: WireFault.self) { try decode(text) }
        #expect(fault(text)?.status.code == status)
    }

    /// Text that two readers could split differently, which enables request smuggling.
    @Test(arguments: [
        ("content-length: 3\r\ntransfer-encoding: chunked", 400),
        ("transfer-encoding: chunked\r\ncontent-length: 3", 400),
        ("content-length: 3\r\ncontent-length: 4", 400),
        ("content-length: 3, 3", 400),
        ("content-length: +3", 400),
        ("content-length: -3", 400),
        ("content-length: 0x3", 400),
        ("content-length:", 400),
        ("content-length: 9999999999999999999", 400),
        ("transfer-encoding: chunked\r\ntransfer-encoding: chunked", 400),
        ("transfer-encoding: gzip, chunked", 501),
        ("transfer-encoding: \u{b}chunked", 400),
        ("transfer-encoding: identity", 501),
    ])
    func refusesDoubtfulFraming(fields: String, status: Int) {
        #expect(fault("POST / HTTP/1.1\r\nhost: x\r\n\(fields)\r\n\r\nabc")?.status.code == status)
    }

    @Test(arguments: ["g\r\n", "-1\r\n", "+1\r\n", "\r\n", "1 1\r\n", "1\nx", "3\r\nabcd\r\n", "fffffffffffffffff\r\n", "1\u{0}\r\n"])
    func refusesBadChunks(chunks: String) {
        #expect(fault("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n" + chunks)?.status == .badRequest)
    }

    @Test func repeatedEqualLengthIsOne() throws {
        let log = try decode("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nab")
        #expect(log == "POST /? length(2);ab;")
    }

    @Test func oldVersionNeedsNoHostAndHasNoChunks() throws {
        #expect(try decode("GET / HTTP/1.0\r\n\r\n") == "GET /? none;;")
        #expect(fault("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n")?.status == .badRequest)
    }

    @Test func takesTheAbsoluteForm() throws {
        #expect(try decode("GET http://x.y:80/a?b HTTP/1.1\r\nhost: x.y:80\r\n\r\n") == "GET /a?b none;;")
        #expect(try decode("GET http://x.y HTTP/1.1\r\nhost: x.y\r\n\r\n") == "GET /? none;;")
    }

    private func head(_ text: String) throws -> RequestHead? {
        var decoder = RequestDecoder(limits: HTTPLimits())
        decoder.receive(ByteBuffer(string: text))
        guard case .head(let head)? = try decoder.next() else { return nil }
        return head
    }

    /// RFC 9112 §3.2.2, §3.2.4.
    @Test(arguments: [
        ("GET http://a.example/p", "b.example", "a.example", "/p"),
        ("GET http://A.Example:8000/p", "a.example:8000", "A.Example:8000", "/p"),
        ("GET HTTP://[::1]:80?q", "", "[::1]:80", "/"), ("OPTIONS http://a", "b", "a", "*"), ("OPTIONS http://a/", "b", "a", "/"),
        ("GET /p", "b.example", "b.example", "/p"), ("OPTIONS *", "b", "b", "*"), ("GET /%70%2f", "", "", "/p%2F"),
    ])
    func theTargetsHostStandsForTheField(target: String, field: String, host: String, path: String) throws {
        let head = try #require(try head("\(target) HTTP/1.1\r\nHost: \(field)\r\n\r\n"))
        #expect(head.headers.values("host") == [host] && head.path == path)
    }

    @Test(arguments: [
        "GET http:///p", "GET http://:80/p", "GET http://user@a/p", "GET http://a:b/p", "GET http://[::1/p", "GET ftp://a/p", "GET *",
        "GET http://a,b/",
    ])
    func refusesTargetsThatNameNoHost(target: String) {
        #expect(fault("\(target) HTTP/1.1\r\nhost: a\r\n\r\n")?.status == .badRequest)
    }

    @Test(arguments: [
        ("x", true), ("", true), ("X.y-z_1~:8080", true), ("192.0.2.7:80", true), ("[2001:db8::1]", true), ("[::1]:443", true),
        ("a%20b", true), ("x:", true), ("a:b", false), ("a:1:2", false), ("[::1", false), ("[]", false), ("::1", false), ("u@x", false),
        ("a b", false), ("a,b", false), ("a/b", false), ("a?b", false), ("\"a\"", false), ("[::1]x", false), ("é", false),
    ])
    func hostsHaveASyntax(host: String, isHost: Bool) {
        #expect((fault("GET / HTTP/1.1\r\nhost: \(host)\r\n\r\n") == nil) == isHost)
    }

    @Test(arguments: [
        ("a.example", "A.EXAMPLE", "http", true), ("a", "a:80", "http", true), ("a", "a:", "http", true), ("a:443", "a", "https", true),
        ("a:443", "a", "http", false), ("a:80", "a:8080", "http", false), ("a", "b", "http", false),
    ])
    func hostsCompareWithoutCase(a: String, b: String, scheme: String, isSame: Bool) {
        #expect(HostSyntax.same(a, b, scheme: scheme) == isSame)
    }

    @Test func boundsTheExtensionsOfChunks() {
        let chunk = "1;" + String(repeating: "e", count: 4000) + "\r\na\r\n"
        let head = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
        #expect(fault(head + String(repeating: chunk, count: 16) + "0\r\n\r\n") == nil)
        #expect(fault(head + String(repeating: chunk, count: 17) + "0\r\n\r\n")?.status == .badRequest)
    }

    @Test func boundsTheHead() {
        var limits = HTTPLimits()
        limits.headSize = 256
        limits.fieldCount = 3
        let long = String(repeating: "a", count: 300)
        #expect(fault("GET /" + long, limits)?.status == .uriTooLong)
        #expect(fault("GET / HTTP/1.1\r\na: " + long, limits)?.status == .headersTooLarge)
        #expect(fault("GET / HTTP/1.1\r\nhost: x\r\na: \(long)\r\n\r\n", limits)?.status == .headersTooLarge)
        #expect(fault("GET / HTTP/1.1\r\nhost: x\r\na: b\r\na: b\r\na: b\r\n\r\n", limits)?.status == .headersTooLarge)
        #expect(fault("GET / HTTP/1.1\r\nhost: x\r\na: b\r\na: b\r\n\r\n", limits) == nil)
    }

    private func fault(_ text: String, _ limits: HTTPLimits = HTTPLimits()) -> WireFault? {
        do {
            _ = try decode(text, limits: limits)
            return nil
        } catch {
            return error as? WireFault
        }
    }
}
