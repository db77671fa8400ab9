import NIOCore
import Roost
import Testing

@testable import RoostHTTP

@Suite struct RequestDecoderTests {
    /// What the decoder makes of `text`, written on one line.
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

    /// What two readers could cut differently is how requests are smuggled.
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
        #expect(fault("GET http://x.y/ HTTP/1.1\r\nhost: x\r\n\r\n")?.status == .badRequest)
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
