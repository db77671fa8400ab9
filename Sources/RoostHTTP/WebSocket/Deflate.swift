import Roost

/// Compresses single messages for permessage-deflate (RFC 7692 §7.2) with DEFLATE (RFC 1951), without keeping a context between messages.
enum Deflate {
    /// The bytes that are removed from the end of each compressed message.
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    /// Compresses a message.
    /// - Parameters:
    ///   - message: The message.
    ///   - windowBits: The base-two logarithm of the window size, 9 to 15.
    /// - Returns: The compressed message, or `nil` if zlib could not allocate memory.
    static func compress(_ message: [UInt8], windowBits: Int32) -> [UInt8]? {
        Zlib.raw(windowBits: windowBits).compress(message).map { Array($0.dropLast(tail.count)) }
    }

    /// Decompresses a message.
    /// - Parameters:
    ///   - message: The compressed message.
    ///   - limit: The largest allowed size of the result, in bytes.
    /// - Throws: An error with the closure to send to the peer: 1009 if the result is too large, 1007 if the message is not valid.
    static func decompress(_ message: [UInt8], limit: Int) throws(TransportError) -> [UInt8] {
        do throws(Zlib.Failure) {
            return try Zlib.raw(windowBits: 15).decompress(message + tail, limit: limit)
        } catch {
            switch error {
            case .malformed: throw TransportError(WebSocketClosure(1007, "A message is not compressed as negotiated."))
            case .tooLarge: throw .tooLarge(limit)
            case .outOfMemory: throw TransportError(.unexpected)
            }
        }
    }
}
