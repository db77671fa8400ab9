import Roost
import RoostHTTP

/// Compression of messages by gzip (RFC 1952).
enum Gzip {
    /// - Returns: `nil` where zlib has no memory for it.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? { Zlib.gzip.compress(bytes) }

    /// - Parameter limit: the most bytes that may come out.
    /// - Throws: a `Problem`: 400 where it is no gzip, 413 where more than `limit` comes out.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        do throws(Zlib.Failure) {
            return try Zlib.gzip.decompress(bytes, limit: limit)
        } catch {
            switch error {
            case .malformed: throw Problem(.badRequest, "A compressed message is no gzip.")
            case .tooLarge: throw .messageTooLarge(limit: limit)
            case .outOfMemory: throw Problem(.internalError)
            }
        }
    }
}
