import NIOCore
import Testing

@testable import RoostRabbitMQ

@Suite struct AMQPCodingTests {
    @Test func aTableIsReadAsItWasWritten() throws {
        let table: AMQPTable = [
            "a": .boolean(true), "b": .integer(-5), "c": .real(1.5), "d": .text("ä"), "e": .bytes([0xFF]), "f": .none,
            "g": .list([.integer(1), .text("")]), "h": .table(["x": .table([:])]),
        ]
        var writer = AMQPWriter()
        writer.table(table)
        var reader = AMQPReader(writer.buffer)
        #expect(try reader.table() == table)
        #expect(reader.isAtEnd)
    }

    @Test func everyTypeThatServersSendIsRead() throws {
        var writer = AMQPWriter()
        writer.measured { writer in
            for (kind, bytes): (String, [UInt8]) in [
                ("t", [1]), ("b", [0xFF]), ("B", [0xFF]), ("s", [0xFF, 0xFE]), ("u", [1, 0]), ("I", [0xFF, 0xFF, 0xFF, 0xFD]),
                ("i", [0, 0, 1, 0]),
                ("l", [0, 0, 0, 0, 0, 0, 0, 9]), ("T", [0, 0, 0, 0, 0, 0, 0, 8]), ("f", [0x3F, 0x80, 0, 0]), ("D", [2, 0, 0, 0, 150]),
            ] {
                writer.shortText(kind)
                writer.octet(kind.utf8.first ?? 0)
                writer.bytes(bytes)
            }
        }
        var reader = AMQPReader(writer.buffer)
        let table = try reader.table()
        #expect(table["b"] == .integer(-1) && table["B"] == .integer(255) && table["s"] == .integer(-2) && table["u"] == .integer(256))
        #expect(table["I"] == .integer(-3) && table["i"] == .integer(256) && table["l"] == .integer(9) && table["T"] == .integer(8))
        #expect(table["f"] == .real(1) && table["D"] == .real(1.5) && table["t"] == .boolean(true))
    }

    @Test func tablesThatAreNestedTooDeeplyAreAFault() {
        var table: AMQPTable = [:]
        for _ in 0..<100 { table = ["a": .table(table)] }
        var writer = AMQPWriter()
        writer.table(table)
        #expect(throws: AMQPFault.self) {
            var reader = AMQPReader(writer.buffer)
            _ = try reader.table()
        }
    }

    @Test func whatIsCutOffOrWrongIsAFaultAndNeverATrap() throws {
        let frames = [
            ServerFrame.start, ServerFrame.deliver(1), ServerFrame.tune(),
            ServerFrame.header(5, AMQPProperties(contentType: "x", headers: ["a": .list([.table(["b": .text("c")])])], timestamp: 4)),
        ]
        var random = SystemRandomNumberGenerator(), faults = 0
        for _ in 0..<20_000 {
            let frame = frames.randomElement(using: &random) ?? ServerFrame.start
            var payload = frame.payload
            if Bool.random(using: &random) {
                payload = payload.getSlice(at: 0, length: Int.random(in: 0..<payload.readableBytes)) ?? payload
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) where payload.readableBytes > 0 {
                payload.setInteger(UInt8.random(in: 0...255), at: Int.random(in: 0..<payload.readableBytes))
            }
            do {
                if frame.kind == .header { _ = try AMQPContentHeader(payload) } else { _ = try AMQPMethod(payload) }
            } catch {
                faults += 1
            }
        }
        #expect(faults > 1000)
    }

    @Test func framesAreFoundHoweverTheirBytesArrive() throws {
        var bytes = ByteBuffer()
        bytes.writeFrame(.method, channel: 3) { AMQPCommand.acknowledge(through: 9).write(to: &$0) }
        bytes.writeFrame(.heartbeat, channel: 0) { _ in }
        bytes.writeBody(Array("abcdefg".utf8), channel: 3, largestFrame: AMQPFrame.overhead + 3)
        var parser = AMQPFrameParser(), frames: [AMQPFrame] = []
        for byte in bytes.readableBytesView {
            parser.append(ByteBuffer(bytes: [byte]))
            while let frame = try parser.next() { frames.append(frame) }
        }
        #expect(frames.map(\.kind) == [.method, .heartbeat, .body, .body, .body])
        #expect(frames.suffix(3).map { String(buffer: $0.payload) } == ["abc", "def", "g"])
        guard case .basicAck(9, true) = try AMQPMethod(frames[0].payload) else { throw AMQPFault("another method") }
    }

    @Test(arguments: [
        [1, 0, 0, 0, 0, 0, 0, 0], [9, 0, 0, 0, 0, 0, 0, 0xCE], [1, 0, 0, 0xFF, 0, 0, 0, 0xCE], Array("AMQP".utf8) + [0, 1, 0, 0],
    ])
    func whatIsNoFrameIsAFault(_ bytes: [UInt8]) {
        var parser = AMQPFrameParser()
        parser.append(ByteBuffer(bytes: bytes))
        #expect(throws: AMQPFault.self) { try parser.next() }
    }

    @Test func theChecksumIsZlibs() {
        #expect(CRC32.checksum(of: "123456789".utf8) == 0xCBF4_3926)
        #expect(KeyLane.lane(of: "123456789") == 0xCBF4_3926 % 8)
    }
}
