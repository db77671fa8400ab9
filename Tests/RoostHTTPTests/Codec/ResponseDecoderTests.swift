import NIOCore
import Roost
import Testing

@testable import RoostHTTP

@Suite struct ResponseDecoderTests {
    private func decode(_ text: String, to method: RequestMethod = .get, by size: Int = .max) throws -> String {
        var decoder = ResponseDecoder()
        decoder.method = method
        var rest = ByteBuffer(string: text)
        var log = ""
        while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
            decoder.receive(piece)
            while let event = try decoder.next() {
                switch event {
                case .head(let head): log += "\(head.status.code) \(head.framing) \(head.keepsAlive ? "on" : "off");"
                case .body(let body): log += String(buffer: body)
                case .end: log += ";"
                }
            }
        }
        return log
    }

    @Test(arguments: [1, 5, Int.max]) func readsEachFraming(size: Int) throws {
        let length = try decode("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab", by: size)
        #expect(length == "200 length(2) on;ab;")
        let chunked = try decode("HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", by: size)
        #expect(chunked == "404 chunked on;a;")
        let untilClose = try decode("HTTP/1.1 200 OK\r\n\r\nabc", by: size)
        #expect(untilClose == "200 untilClose off;abc")
    }

    @Test func doubtfulFramingEndsTheConnection() throws {
        #expect(
            try decode("HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
                == "200 chunked off;a;")
        #expect(try decode("HTTP/1.1 204 No Content\r\ncontent-length: 9\r\n\r\n") == "204 none off;;")
        #expect(try decode("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n") == "204 none on;;")
    }

    @Test func headAndEmptyStatusesHaveNoBody() throws {
        #expect(try decode("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", to: .head) == "200 none on;;")
        #expect(try decode("HTTP/1.1 204 No Content\r\n\r\n") == "204 none on;;")
        #expect(try decode("HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n") == "304 none on;;")
    }

    @Test func passesOverInterimResponses() throws {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200\r\ncontent-length: 0\r\n\r\n"
        #expect(try decode(text) == "200 length(0) on;;")
    }

    @Test func oldVersionAndCloseEndTheConnection() throws {
        #expect(try decode("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n") == "200 length(0) off;;")
        #expect(try decode("HTTP/1.1 200 OK\r\nConnection: x, Close\r\ncontent-length: 0\r\n\r\n") == "200 length(0) off;;")
    }

    @Test(arguments: [
        "SSH-2.0-x\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
    ])
    func refuses(text: String) {
        #expect(throws: WireFault.self) { try decode(text) }
    }
}
