import Foundation
import Roost
import Testing

@testable import RoostGRPC

/// Messages in their frames, compressed or not, and invalid frames.
struct FramingTests {
    private let messages: [[UInt8]] = [[], [1], Array("hello".utf8), (0..<3000).map { UInt8(truncatingIfNeeded: $0) }]

    @Test(arguments: [1, 2, 4, 5, 6, 7, 1000, 100_000], [false, true])
    func messagesComeInPiecesOfAnySize(size: Int, isCompressed: Bool) throws {
        let bytes = messages.flatMap { MessageFrame.encode($0, isCompressed: isCompressed) }
        var decoder = MessageDecoder(limit: 3000, encoding: .gzip)
        var decoded: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            decoder.append(Array(bytes[start..<min(start + size, bytes.count)]))
            while let message = try decoder.next() { decoded.append(message) }
        }
        #expect(decoded == messages && decoder.isAtBoundary)
    }

    /// A length is rejected as soon as it is announced, before anything is collected.
    @Test func aLengthOverTheLimit() throws {
        var decoder = MessageDecoder(limit: 10, encoding: .identity)
        decoder.append([0, 0, 0, 0, 10] + [UInt8](repeating: 7, count: 10) + [0, 0xFF, 0xFF, 0xFF, 0xFF])
        #expect(try decoder.next()?.count == 10)
        let refusal = #expect(throws: Problem.self) { try decoder.next() }
        #expect(refusal?.status == .contentTooLarge)
    }

    @Test(arguments: [
        [2, 0, 0, 0, 0],
        // It is marked as compressed, but grpc-encoding is missing.
        [1, 0, 0, 0, 1, 9],
    ]) func framesThatAreNone(bytes: [UInt8]) {
        var decoder = MessageDecoder(limit: 10, encoding: .identity)
        decoder.append(bytes)
        let refusal = #expect(throws: Problem.self) { try decoder.next() }
        #expect(refusal?.status == .badRequest)
    }

    @Test(arguments: 1...7) func aStreamThatEndsInAMessage(count: Int) async {
        let bytes = Array(MessageFrame.encode([1, 2, 3]).prefix(count))
        await #expect {
            for try await _ in MessageStream(of: bytes).messages(limit: 10, encoding: .identity) {}
        } throws: {
            ($0 as? Problem)?.status == .badRequest
        }
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 100_000]) func gzipThereAndBack(count: Int) throws {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next() & 7) }
        let compressed = try #require(Gzip.compress(bytes))
        #expect(try Gzip.decompress(compressed, limit: count) == bytes)
        if count > 0 {
            let refusal = #expect(throws: Problem.self) { try Gzip.decompress(compressed, limit: count - 1) }
            #expect(refusal?.status == .contentTooLarge)
        }
    }

    /// 64 MiB of zeros, compressed to 64 KiB.
    @Test func aBombIsRefused() throws {
        let bomb = try #require(Gzip.compress([UInt8](repeating: 0, count: 64 << 20)))
        let refusal = #expect(throws: Problem.self) { try Gzip.decompress(bomb, limit: 1 << 20) }
        #expect(refusal?.status == .contentTooLarge)
    }

    @Test func brokenGzip() throws {
        let whole = try #require(Gzip.compress(Array("hello hello hello".utf8)))
        var wrong = whole
        wrong[whole.count - 6] ^= 1
        for bytes in (0..<whole.count).map({ Array(whole.prefix($0)) }) + [wrong, whole + [0], whole + whole, Array("no gzip".utf8)] {
            let refusal = #expect(throws: Problem.self) { try Gzip.decompress(bytes, limit: 1000) }
            #expect(refusal?.status == .badRequest)
        }
    }

    @Test func whoIsAnsweredByGzip() {
        #expect(MessageEncoding.isGzip(wantedBy: ["grpc-encoding": "gzip", "grpc-accept-encoding": "identity, deflate, gzip"]))
        #expect(!MessageEncoding.isGzip(wantedBy: ["grpc-encoding": "gzip", "grpc-accept-encoding": "identity"]))
        #expect(!MessageEncoding.isGzip(wantedBy: ["grpc-encoding": "identity", "grpc-accept-encoding": "gzip"]))
        #expect(!MessageEncoding.isGzip(wantedBy: ["grpc-encoding": "gzip"]))
    }

    @Test(arguments: [
        (Duration.nanoseconds(1), "1u"), (.microseconds(1), "1u"), (.milliseconds(1500), "1500000u"),
        (.seconds(10) - .microseconds(1), "9999999u"), (.seconds(10), "10000m"), (.seconds(9999) + .milliseconds(999), "9999999m"),
        (.seconds(10_000), "10000S"), (.seconds(1 << 40), "99999999S"),
    ]) func timeouts(duration: Duration, text: String) {
        #expect(CallTimeout.format(duration) == text)
    }
}
