import Foundation
import NIOCore
import Testing

@testable import RoostRedis

@Suite struct RESPParserTests {
    private static func bulk(_ text: String) -> RESPValue { .bulk(ByteBuffer(string: text)) }

    private static let values: [(String, RESPValue)] = [
        ("+OK\r\n", .simple("OK")),
        ("-ERR no\r\n", .error(RESPError(text: "ERR no"))),
        (":-9223372036854775808\r\n", .integer(.min)),
        (":+12\r\n", .integer(12)),
        ("$5\r\na\r\nbc\r\n", bulk("a\r\nbc")),
        ("$0\r\n\r\n", bulk("")),
        ("$-1\r\n", .null),
        ("*-1\r\n", .null),
        ("_\r\n", .null),
        ("#t\r\n", .boolean(true)),
        ("#f\r\n", .boolean(false)),
        (",1.5e3\r\n", .double(1500)),
        (",inf\r\n", .double(.infinity)),
        ("(-12345678901234567890\r\n", .bigNumber("-12345678901234567890")),
        ("!5\r\nERR a\r\n", .error(RESPError(text: "ERR a"))),
        ("=6\r\ntxt:ab\r\n", bulk("ab")),
        ("*0\r\n", .array([])),
        ("*2\r\n*1\r\n:1\r\n$1\r\nx\r\n", .array([.array([.integer(1)]), bulk("x")])),
        ("~1\r\n:1\r\n", .array([.integer(1)])),
        ("%1\r\n+a\r\n*0\r\n", .map([.simple("a"), .array([])])),
        (">2\r\n+invalidate\r\n_\r\n", .push([.simple("invalidate"), .null])),
        ("|1\r\n+ttl\r\n:3\r\n*2\r\n|1\r\n+x\r\n%0\r\n:1\r\n:2\r\n", .array([.integer(1), .integer(2)])),
    ]

    @Test("A value is the same, however its bytes arrive", arguments: values.indices)
    func reads(_ index: Int) throws {
        let (text, value) = Self.values[index]
        for step in 1...max(1, text.utf8.count) {
            var parser = RESPParser(), rest = ByteBuffer(string: text + ":7\r\n"), found: [RESPValue] = []
            while let piece = rest.readSlice(length: min(step, rest.readableBytes)), piece.readableBytes > 0 {
                parser.append(piece)
                while let next = try parser.next() { found.append(next) }
            }
            #expect(found == [value, .integer(7)], "in steps of \(step)")
        }
    }

    @Test(
        "What is no RESP3 is refused",
        arguments: [
            "x\r\n", "\r\n", ":\r\n", ":1a\r\n", ":9223372036854775808\r\n", "$-2\r\n", "$a\r\n", "$1\r\nabc", "+a\rb\r\n", "#x\r\n",
            ",x\r\n", "(1x\r\n",
            "(\r\n", "*-2\r\n", "*99999999999\r\n", "%4611686018427387904\r\n", "=3\r\ntxt\r\n", "=4\r\nabcd\r\n", "_x\r\n",
            "*1\r\n>1\r\n+a\r\n",
            "$99999999999\r\n", "$?\r\n",
        ])
    func refuses(_ text: String) {
        var parser = RESPParser()
        parser.append(ByteBuffer(string: text))
        #expect(throws: RESPFault.self) { while try parser.next() != nil {} }
    }

    @Test func everySizeIsBounded() {
        let limits = RESPParser.Limits(lineBytes: 10, bulkBytes: 10, elements: 5, depth: 2)
        for text in [
            "+01234567890", "+01234567890\r\n", "$11\r\n", "*2\r\n$6\r\nabcdef\r\n$6\r\n", "*6\r\n", "*2\r\n*2\r\n:1\r\n:1\r\n*2\r\n:1\r\n",
            "*1\r\n*1\r\n*1\r\n",
        ] {
            var parser = RESPParser(limits: limits)
            parser.append(ByteBuffer(string: text))
            #expect(throws: RESPFault.self, "\(text)") { while try parser.next() != nil {} }
        }
    }

    /// `ROOST_FUZZ=1000000` makes it a million mutations.
    @Test func noBytesStopTheProcess() {
        var random = SystemRandomNumberGenerator()
        let whole = Array(Self.values.map(\.0).joined().utf8)
        let alphabet = Array("+-:$*%~>|#,(!=_0123456789\r\n".utf8)
        for _ in 0..<FuzzRounds.count(20_000) {
            var bytes = Array(whole[Int.random(in: 0..<whole.count / 2, using: &random)...].prefix(.random(in: 1...80, using: &random)))
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: index)
                default: bytes[index] = .random(in: .min ... .max, using: &random)
                }
            }
            var once = RESPParser(), pieces = RESPParser(), atOnce: [RESPValue] = [], piecewise: [RESPValue] = []
            once.append(ByteBuffer(bytes: bytes))
            let first = Result { while let value = try once.next() { atOnce.append(value) } }
            let second = Result {
                for byte in bytes {
                    pieces.append(ByteBuffer(bytes: [byte]))
                    while let value = try pieces.next() { piecewise.append(value) }
                }
            }
            // NaN is not equal to itself.
            #expect("\(atOnce)" == "\(piecewise)" && ((try? first.get()) == nil) == ((try? second.get()) == nil), "\(bytes)")
        }
    }
}

/// How often a test tries something at random.
enum FuzzRounds {
    /// Returns the number in `ROOST_FUZZ`, or a few by default.
    static func count(_ few: Int) -> Int { ProcessInfo.processInfo.environment["ROOST_FUZZ"].flatMap { Int($0) } ?? few }
}
