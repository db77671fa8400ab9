import Roost
import Testing

@testable import RoostHTTP

/// A server's responses to valid and invalid frames: the cases of the Autobahn test suite (github.com/crossbario/autobahn-testsuite,
/// sections 1 to 7 and 9), written again for a server that echoes.
@Suite(.timeLimit(.minutes(5))) struct FrameCaseTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let sent: [[UInt8]]
        /// The frames received, up to the end of the connection.
        let answers: [String]

        init(_ name: String, _ sent: [[UInt8]], _ answers: String...) {
            testDescription = name
            self.sent = sent
            self.answers = answers
        }
    }

    static let messages: [Case] = [
        Case("an empty text", [Frames.text("")], "text "),
        Case(
            "a text of 125 bytes", [Frames.text(String(repeating: "*", count: 125))], "text " + String(repeating: "*", count: 125)),
        Case(
            "a text of 126 bytes", [Frames.text(String(repeating: "*", count: 126))], "text " + String(repeating: "*", count: 126)),
        Case(
            "a text of 65536 bytes", [Frames.text(String(repeating: "*", count: 65_536))],
            "text " + String(repeating: "*", count: 65_536)),
        Case("a binary message", [Frames.frame(2, [0x41, 0x42])], "binary AB"),
        Case(
            "a text in parts", [Frames.text("Hel", fin: false), Frames.more("l", fin: false), Frames.more("o")], "text Hello"),
        Case(
            "parts that are empty", [Frames.text("", fin: false), Frames.more("", fin: false), Frames.more("")], "text "),
        Case(
            "a ping between parts", [Frames.text("Hel", fin: false), Frames.ping("hi"), Frames.more("lo")],
            "pong hi", "text Hello"),
        Case(
            "a ping of 125 bytes", [Frames.ping(String(repeating: "p", count: 125))], "pong " + String(repeating: "p", count: 125)),
        Case("a pong that nobody asked for", [Frames.frame(10, [1]), Frames.text("x")], "text x"),
        Case(
            "a character in two parts", [Frames.frame(1, [0xE2, 0x82], fin: false), Frames.frame(0, [0xAC])], "text €"),
        Case(
            "every kind of character", [Frames.text("κόσμε\u{10FFFF}\u{FFFE}\u{0}")], "text κόσμε\u{10FFFF}\u{FFFE}\u{0}"),
    ]

    static let faults: [Case] = [
        Case("a reserved bit", [Frames.frame(1, rsv: 1)], "close 1002"),
        Case("another reserved bit", [Frames.frame(1, rsv: 2)], "close 1002"),
        Case("a reserved bit on a ping", [Frames.frame(9, rsv: 4)], "close 1002"),
        Case("opcode 3", [Frames.frame(3)], "close 1002"),
        Case("opcode 7", [Frames.frame(7, [1])], "close 1002"),
        Case("opcode 11", [Frames.frame(11)], "close 1002"),
        Case("opcode 15", [Frames.frame(15, [1])], "close 1002"),
        Case("a frame without a mask", [Frames.frame(1, [0x41], masked: false)], "close 1002"),
        Case("a ping of 126 bytes", [Frames.ping(String(repeating: "p", count: 126))], "close 1002"),
        Case("a ping in parts", [Frames.frame(9, [1], fin: false), Frames.frame(0, [1])], "close 1002"),
        Case("a part without a beginning", [Frames.more("x")], "close 1002"),
        Case("a message within a message", [Frames.text("a", fin: false), Frames.text("b")], "close 1002"),
        Case("an invalid byte", [Frames.frame(1, [0x48, 0xFF])], "close 1007"),
        Case("half a character", [Frames.frame(1, [0xE2, 0x82])], "close 1007"),
        Case("a surrogate", [Frames.frame(1, [0xED, 0xA0, 0x80])], "close 1007"),
        Case("an overlong form", [Frames.frame(1, [0xC0, 0xAF])], "close 1007"),
        Case("beyond Unicode", [Frames.frame(1, [0xF4, 0x90, 0x80, 0x80])], "close 1007"),
        Case("an invalid byte in a later part", [Frames.text("a", fin: false), Frames.frame(0, [0xFE])], "close 1007"),
        Case("a frame that is too long", [Array(Frames.frame(2, [UInt8](repeating: 0, count: 70_000)).prefix(14))], "close 1009"),
        Case(
            "parts that are too long",
            Array(repeating: Frames.frame(0, [UInt8](repeating: 0, count: 60_000), fin: false), count: 2).enumerated().map {
                $0 == 0 ? Frames.frame(2, [UInt8](repeating: 0, count: 60_000), fin: false) : $1
            },
            "close 1009"),
    ]

    static let closings: [Case] =
        [
            Case("no code", [Frames.close(nil)], "close"),
            Case("half a code", [Frames.frame(8, [3])], "close 1002"),
            Case("a reason", [Frames.close(1000, Array("bye".utf8))], "close 1000"),
            Case("a reason of 123 bytes", [Frames.close(1000, [UInt8](repeating: 0x62, count: 123))], "close 1000"),
            Case("a reason of 124 bytes", [Frames.close(1000, [UInt8](repeating: 0x62, count: 124))], "close 1002"),
            Case("a reason that is not UTF-8", [Frames.close(1000, [0xFF])], "close 1007"),
            Case("in parts", [Frames.frame(8, [3, 0xE8], fin: false)], "close 1002"),
            Case("a message after it", [Frames.close(1000) + Frames.text("late")], "close 1000"),
            Case("a ping after it", [Frames.close(1000) + Frames.ping("late")], "close 1000"),
            Case("in the middle of a message", [Frames.text("a", fin: false), Frames.close(1000)], "close 1000"),
        ]
        + [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].map { (code: Int) in
            Case("the code \(code)", [Frames.close(code)], "close \(code)")
        }
        + [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535].map { (code: Int) in
            Case("the code \(code)", [Frames.close(code)], "close 1002")
        }

    static let compressed: [Case] = [
        Case("compressed", [Frames.frame(1, [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], rsv: 4)], "text Hello"),
        Case(
            "compressed, in parts",
            [Frames.frame(1, [0xf2, 0x48, 0xcd], fin: false, rsv: 4), Frames.ping("p"), Frames.frame(0, [0xc9, 0xc9, 0x07, 0x00])],
            "pong p", "text Hello"),
        Case("not compressed, though it may be", [Frames.text("plain")], "text plain"),
        Case("a later part that says so", [Frames.text("a", fin: false), Frames.frame(0, [0], rsv: 4)], "close 1002"),
        Case("a ping that says it is compressed", [Frames.frame(9, rsv: 4)], "close 1002"),
        Case(
            "a bomb", [Frames.frame(2, Deflate.compress([UInt8](repeating: 0, count: 1 << 20), windowBits: 15) ?? [], rsv: 4)], "close 1009"
        ),
        Case("no compression at all", [Frames.frame(2, [0xFF, 0xFF, 0xFF], rsv: 4)], "close 1007"),
    ]

    private static let limits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.webSocket.messageSize = 65_536
        return limits
    }()

    /// - Parameter size: The size of the pieces in which the bytes are sent.
    private func run(_ test: Case, piece size: Int = .max, extensions: String? = nil) async throws {
        let client = PooledHTTPClient()
        defer { client.shutdown() }
        try await serving(Self.limits, by: echoSocket) { server in
            let frames = try await FrameClient(server, by: client, extensions: extensions)
            let bytes = test.sent.flatMap(\.self)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try? await frames.send(Array(bytes[start..<min(start + min(size, bytes.count), bytes.count)]))
            }
            for answer in test.answers { #expect(try await frames.next()?.description == answer) }
            if test.answers.last?.hasPrefix("close") == false {
                try await frames.send(Frames.close(1000))
                #expect(try await frames.next()?.description == "close 1000")
            }
            #expect(try await frames.next() == nil)
        }
    }

    @Test(arguments: messages) func message(test: Case) async throws { try await run(test) }
    @Test(arguments: messages) func messageInPieces(test: Case) async throws {
        try await run(test, piece: test.sent.joined().count > 1000 ? 1000 : 3)
    }
    @Test(arguments: faults) func fault(test: Case) async throws { try await run(test) }
    @Test(arguments: closings) func closing(test: Case) async throws { try await run(test) }
    @Test(arguments: compressed) func compression(test: Case) async throws { try await run(test, extensions: "permessage-deflate") }
}
