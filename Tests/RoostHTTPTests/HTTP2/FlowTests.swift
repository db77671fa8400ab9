import NIOCore
import NIOHPACK
import NIOHTTP2
import Roost
import Testing

@testable import RoostHTTP

/// The parts of HTTP/2 without I/O.
struct FlowTests {
    @Test func aWindowIsGivenBackByHalves() {
        var window = ReceiveWindow(size: 100)
        #expect(window.take(0) == nil && window.take(49) == nil)
        #expect(window.take(1) == 50)
        #expect(window.take(49) == nil && window.take(200) == 249)
    }

    @Test func whatIsReadIsCredit() async throws {
        var input = StreamInput()
        func data(_ count: Int, padding: Int? = nil) -> HTTP2Frame.FramePayload.Data {
            .init(data: .byteBuffer(ByteBuffer(repeating: 1, count: count)), paddingBytes: padding)
        }
        input.receive(data(10))
        #expect(input.takeCredit() == 0 && input.received == 10)
        let pipe = BodyPipe(onDemand: {})
        input.open(pipe)
        input.receive(data(5, padding: 3))
        #expect(input.takeCredit() == 0)
        // Small pending pieces are combined.
        #expect(try await pipe.next()?.count == 15)
        #expect(input.takeCredit() == 15 && input.takeCredit() == 0)
        input.receive(data(7))
        #expect(try await pipe.next()?.count == 7)
        #expect(input.takeCredit() == 7)
        // Padding counts, including its length byte.
        #expect(input.returnCredit(ReceiveWindow.stream / 2 - 4) == ReceiveWindow.stream / 2)
        input.isComplete = true
        #expect(input.returnCredit(ReceiveWindow.stream) == nil)
    }

    @Test func aSilentPeerIsAskedOnceAndThenLeft() {
        var keepalive = Keepalive()
        func observe(_ received: Int, at seconds: Int64) -> Keepalive.Verdict {
            let now = NIODeadline.uptimeNanoseconds(0) + .seconds(seconds)
            return keepalive.observe(received: received, now: now, interval: .seconds(10), timeout: .seconds(5))
        }
        #expect(observe(1, at: 100) == .proceed && observe(1, at: 109) == .proceed && observe(1, at: 110) == .ping)
        #expect(observe(1, at: 114) == .proceed && observe(2, at: 114) == .proceed)
        #expect(observe(2, at: 123) == .proceed && observe(2, at: 124) == .ping && observe(2, at: 129) == .close)
    }

    @Test func theFirstBytesTellTheVersion() {
        func verdicts(_ pieces: String...) -> [ProtocolChoice.Verdict] {
            var choice = ProtocolChoice()
            return pieces.map { choice.receive(ByteBuffer(string: $0)) }
        }
        #expect(verdicts("GET / HTTP/1.1\r\n") == [.http1])
        #expect(verdicts("P", "RI * HTTP/2.0\r\n\r\nSM", "\r\n\r\nmore") == [.undecided, .undecided, .http2])
        #expect(verdicts("PRI", " /") == [.undecided, .http1])
    }

    @Test func fieldsAreMadeFitForHTTP2() {
        var fields = HPACKHeaders()
        let given: Headers = [
            "Content-Type": "a/b", "Connection": "close", "TE": "trailers", "x-end": " v\r\nx: y ", "bad name": "1",
            "Transfer-Encoding": "chunked",
        ]
        #expect(fields.add(given) == ["x-end", "bad name"])
        #expect(fields.map { "\($0.name): \($0.value)" } == ["content-type: a/b", "te: trailers", "x-end: v  x: y"])
    }
}
