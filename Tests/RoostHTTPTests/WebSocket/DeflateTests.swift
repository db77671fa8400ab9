import Roost
import Testing

@testable import RoostHTTP

struct DeflateTests {
    @Test(arguments: [Int32](9...15))
    func whatIsCompressedComesBack(windowBits: Int32) throws {
        var generator = SystemRandomNumberGenerator()
        for size in [0, 1, 64, 1000, 100_000] {
            let words = (0..<size).map { _ in UInt8.random(in: 97...100, using: &generator) }
            let compressed = try #require(Deflate.compress(words, windowBits: windowBits))
            #expect(try Deflate.decompress(compressed, limit: size) == words)
            #expect(size < 1000 || compressed.count < size / 2)
        }
    }

    /// The examples of RFC 7692 §7.2.3: one block, no compression, a last block, two blocks.
    @Test(
        arguments: [
            [0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], [0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00],
            [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
            [0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
        ] as [[UInt8]])
    func examples(compressed: [UInt8]) throws {
        #expect(try Deflate.decompress(compressed, limit: 5) == Array("Hello".utf8))
    }

    @Test func aBombIsCutShort() throws {
        let bomb = try #require(Deflate.compress([UInt8](repeating: 0, count: 10 << 20), windowBits: 15))
        #expect(bomb.count < 20_000)
        #expect(throws: TransportError.tooLarge(1 << 20)) { try Deflate.decompress(bomb, limit: 1 << 20) }
    }

    @Test func whatIsNoCompressionIsRefused() {
        #expect(throws: TransportError.self) { try Deflate.decompress([0xFF, 0xFF, 0xFF, 0xFF], limit: 100) }
    }
}
