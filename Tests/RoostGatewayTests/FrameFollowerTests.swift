import Testing

@testable import RoostGateway

struct FrameFollowerTests {
    /// A frame whose payload is all ones, which no head is made of by chance.
    private static func frame(_ length: Int, isMasked: Bool) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        let head: [UInt8] =
            switch length {
            case ..<126: [mask | UInt8(length)]
            case ..<65536: [mask | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
            default: [mask | 127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
            }
        return [0x82] + head + [UInt8](repeating: 0xFF, count: (isMasked ? 4 : 0) + length)
    }

    private static let lengths = [0, 1, 125, 126, 127, 255, 256, 65535, 65536, 70_000]

    @Test(arguments: [true, false])
    func itIsBetweenFramesAtTheirEndsAlone(isMasked: Bool) {
        var follower = FrameFollower()
        for length in Self.lengths {
            #expect(follower.isBetweenFrames)
            let frame = Self.frame(length, isMasked: isMasked)
            for byte in frame.dropLast() {
                follower.follow([byte])
                guard !follower.isBetweenFrames else { return #expect(Bool(false), "a frame of \(length) ended early") }
            }
            follower.follow([frame[frame.count - 1]])
        }
        #expect(follower.isBetweenFrames)
    }

    @Test(arguments: [1, 3, 1000, 100_000])
    func piecesMayEndAnywhere(size: Int) {
        let bytes = Self.lengths.flatMap { Self.frame($0, isMasked: true) }
        var ends: Set<Int> = [0]
        for length in Self.lengths { ends.insert((ends.max() ?? 0) + Self.frame(length, isMasked: true).count) }
        var follower = FrameFollower()
        for start in stride(from: 0, to: bytes.count, by: size) {
            let end = min(start + size, bytes.count)
            follower.follow(Array(bytes[start..<end]))
            guard follower.isBetweenFrames == ends.contains(end) else { return #expect(Bool(false), "wrong at \(end)") }
        }
    }
}
