import NIOCore
import Roost
import Testing

@testable import RoostHTTP

@Suite struct ResponsePlanTests {
    private func head(_ response: Response, to method: RequestMethod = .get, isOld: Bool = false) -> (text: String, refused: [String]) {
        let plan = ResponsePlan(response, to: method, isOld: isOld, mayKeepAlive: true)
        var buffer = ByteBuffer()
        let refused = plan.writeHead(of: response, to: &buffer, date: "date: D\r\n", requestID: "R")
        return (String(buffer: buffer), refused)
    }

    @Test func writesTheHead() {
        #expect(
            head(.text("hello", status: .created)).text
                == "HTTP/1.1 201 Created\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 5\r\ndate: D\r\nx-request-id: R\r\n\r\n"
        )
    }

    @Test func noFieldCanSplitTheResponse() {
        let response = Response(headers: ["a": "b\r\nset-cookie: c", "x y": "zz", "w:\r\n": "ee", "f": "g\0"])
        let (text, refused) = head(response)
        #expect(text.contains("a: b  set-cookie: c\r\n"))
        #expect(text.contains("f: g \r\n"))
        #expect(!text.contains("zz") && !text.contains("ee"))
        #expect(refused == ["a", "x y", "w:\r\n", "f"])
    }

    @Test func framingIsTheServersOwn() {
        let response = Response(headers: ["Content-Length": "99", "Transfer-Encoding": "chunked", "X-Request-Id": "other", "Date": "never"])
        #expect(head(response).text == "HTTP/1.1 200 OK\r\ncontent-length: 0\r\ndate: D\r\nx-request-id: R\r\n\r\n")
    }

    @Test func responsesWithoutBody() {
        let noContent = head(Response(.noContent)).text
        #expect(!noContent.contains("content-length") && !noContent.contains("transfer-encoding"))
        #expect(head(.text("hello"), to: .head).text.contains("content-length: 5"))
        #expect(head(Response(headers: ["content-length": "42"]), to: .head).text.contains("content-length: 42"))
        #expect(!ResponsePlan(.text("hello"), to: .head, isOld: false, mayKeepAlive: true).sendsBody)
    }

    /// RFC 9110 §8.6, §15.3.5, §15.3.6, §15.4.5.
    @Test func statusesThatHaveNoContentTellNoWrongLength() {
        for method in [RequestMethod.get, .head] {
            #expect(!head(Response(.noContent, headers: ["content-length": "5"]), to: method).text.contains("content-length"))
            #expect(head(.text("hello", status: 205), to: method).text.contains("content-length: 0\r\n"))
            #expect(!ResponsePlan(.text("hello", status: 205), to: method, isOld: false, mayKeepAlive: true).sendsBody)
            #expect(!head(.text("hello", status: .notModified), to: method).text.contains("content-length"))
        }
        #expect(head(Response(.notModified, headers: ["content-length": "5"])).text.contains("content-length: 5\r\n"))
    }

    /// RFC 9110 §7.8.
    @Test func anOfferToUpgradeIsTheConnections() {
        let response = Response(.upgradeRequired, headers: ["Upgrade": "websocket"])
        #expect(head(response).text.contains("\r\nconnection: upgrade\r\n"))
        #expect(!head(.text("hello")).text.contains("connection:"))
    }

    @Test func unknownLengthIsChunkedOrEndsTheConnection() {
        let response = Response(body: .stream(pieces(1), length: nil))
        #expect(head(response).text.contains("transfer-encoding: chunked"))
        #expect(head(response, isOld: true).text.contains("connection: close"))
        #expect(!head(response, isOld: true).text.contains("chunked"))
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (1_709_208_000, "Thu, 29 Feb 2024 12:00:00 GMT"),
    ])
    func formatsDates(seconds: Int, text: String) {
        #expect(HTTPDate.format(seconds) == text)
    }
}
