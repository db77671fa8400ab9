import NIOCore
import NIOEmbedded
import NIOWebSocket
import Roost
import Testing

@testable import RoostHTTP

/// Random frames, and valid ones with errors. The seeds are fixed, so that failures are reproducible.
struct FrameFuzzTests {
    /// SplitMix64 (Steele, Lea, Flood, 2014).
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
            return word ^ word >> 31
        }

        mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) } }

        /// Frames of all kinds, most of them valid.
        mutating func frames() -> [UInt8] {
            (0..<Int.random(in: 1...6, using: &self)).flatMap { _ -> [UInt8] in
                let opcode: UInt8 = [0, 1, 1, 2, 8, 9, 10, UInt8.random(in: 0...15, using: &self)].randomElement(using: &self) ?? 1
                let size = [0, 1, 5, 125, 126, 300, 2000].randomElement(using: &self) ?? 0
                let payload = Bool.random(using: &self) ? bytes(size) : [UInt8](repeating: 0x61, count: size)
                let rsv: UInt8 = Int.random(in: 0...9, using: &self) == 0 ? 4 : 0
                return Frames.frame(opcode, payload, fin: Int.random(in: 0...3, using: &self) > 0, rsv: rsv)
            }
        }
    }

    /// Passes these bytes to the server's side of a socket in pieces, and checks what it did.
    private func feed(_ bytes: [UInt8], _ dice: inout Dice) throws {
        let channel = EmbeddedChannel(), anchor = Anchor()
        var limits = WebSocketLimits()
        limits.messageSize = 1000
        let socket = WebSocketHandler(isServer: true, deflate: DeflateAgreement(offers: ["permessage-deflate"]), limits: limits)
        try channel.pipeline.syncOperations.addHandler(anchor)
        try channel.pipeline.syncOperations.addWebSocket(socket, after: anchor)
        channel.pipeline.fireChannelActive()
        var rest = bytes[...]
        while !rest.isEmpty {
            let size = min(rest.count, Int.random(in: 1...64, using: &dice))
            _ = try? channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        var sent: [UInt8] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { sent += bytes.readableBytesView }
        var frames: [Frame] = []
        while let frame = Frame.take(from: &sent) { frames.append(frame) }
        #expect(sent.isEmpty)
        // However many violations there are, the peer is told once.
        #expect(frames.count { $0.opcode == 8 } <= 1)
        #expect(frames.dropLast().allSatisfy { $0.opcode == 10 })
        if let closure = socket.closure {
            #expect([1002, 1005, 1007, 1009].contains(closure.code) || WebSocketClosure.isAllowed(closure.code))
        }
        channel.pipeline.fireChannelInactive()
        #expect(socket.phase == .over)
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    @Test(arguments: 0..<8) func noise(seed: UInt64) throws {
        var dice = Dice(state: seed)
        for _ in 0..<100 { try feed(dice.bytes(Int.random(in: 1...400, using: &dice)), &dice) }
    }

    @Test(arguments: 100..<108) func framesWithMistakes(seed: UInt64) throws {
        var dice = Dice(state: seed)
        for _ in 0..<100 {
            var bytes = dice.frames()
            for _ in 0..<Int.random(in: 0...3, using: &dice) {
                guard let index = bytes.indices.randomElement(using: &dice) else { break }
                bytes[index] = UInt8.random(in: .min ... .max, using: &dice)
            }
            try feed(bytes, &dice)
        }
    }

    @Test(arguments: 200..<204) func compressionAtRandom(seed: UInt64) {
        var dice = Dice(state: seed)
        for _ in 0..<200 {
            let bytes = dice.bytes(Int.random(in: 0...200, using: &dice))
            if let whole = try? Deflate.decompress(bytes, limit: 1000) { #expect(whole.count <= 1000) }
        }
    }

    private final class Anchor: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
    }
}
