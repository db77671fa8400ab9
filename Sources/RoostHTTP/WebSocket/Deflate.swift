/// Compression of a message by itself: DEFLATE (RFC 1951) as permessage-deflate cuts it (RFC 7692 §7.2), no context kept.
enum Deflate {
    /// What a compressed message lacks at its end.
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    /// - Parameter windowBits: the base-two logarithm of the window, from 9 to 15.
    /// - Returns: `nil` where zlib cannot, for want of memory.
    static func compress(_ message: [UInt8], windowBits: Int32) -> [UInt8]? {
        Zlib.raw(windowBits: windowBits).compress(message).map { Array($0.dropLast(tail.count)) }
    }

    /// - Parameter limit: the most bytes that may come out.
    /// - Throws: the closure that the peer gets: 1009 where more comes out, 1007 where it is not DEFLATE.
    static func decompress(_ message: [UInt8], limit: Int) throws(WebSocketClosure) -> [UInt8] {
        do throws(Zlib.Failure) {
            return try Zlib.raw(windowBits: 15).decompress(message + tail, limit: limit)
        } catch {
            switch error {
            case .malformed: throw WebSocketClosure(1007, "A message is not compressed as was agreed.")
            case .tooLarge: throw .tooLarge(limit)
            case .outOfMemory: throw .unexpected
            }
        }
    }
}
