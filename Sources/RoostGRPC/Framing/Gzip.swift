import Roost
import RoostHTTP

/// Compresses messages with gzip (RFC 1952).
enum Gzip {
    /// Compresses bytes, or returns `nil` if zlib cannot allocate memory.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? { Zlib.gzip.compress(bytes) }

    /// Decompresses bytes.
    /// - Parameters:
    ///   - bytes: The compressed bytes.
    ///   - limit: The largest allowed result, in bytes.
    /// - Throws: A `Problem` with status 400 if the bytes are not gzip, or 413 if the result exceeds the limit.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        do throws(Zlib.Failure) {
            return try Zlib.gzip.decompress(bytes, limit: limit)
        } catch {
            switch error {
            case .malformed: throw Problem(.badRequest, "A compressed message is not valid gzip.")
            case .tooLarge: throw .messageTooLarge(limit: limit)
            case .outOfMemory: throw Problem(.internalError)
            }
        }
    }
}
