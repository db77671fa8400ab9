/// The content of a request or a response: whole, or arriving piece by piece.
public enum Body: Sendable {
    /// The whole content.
    case bytes([UInt8])
    /// Content that is read as it arrives; the producer waits for its reader. `length` is the number of bytes if it is known.
    case stream(any AsyncSequence<[UInt8], any Error> & Sendable, length: Int?)

    /// A body without content.
    public static let empty = Body.bytes([])

    /// UTF-8 text.
    public static func text(_ text: String) -> Body { .bytes(Array(text.utf8)) }

    /// The number of bytes; `nil` if only the end of the stream will tell.
    public var length: Int? {
        switch self {
        case .bytes(let bytes): bytes.count
        case .stream(_, let length): length
        }
    }

    /// Returns the whole content as one array.
    /// - Parameter limit: The largest number of bytes to accept.
    /// - Throws: A `Problem` with status 413 if there is more; the error of the stream.
    public func collect(upTo limit: Int) async throws -> [UInt8] {
        switch self {
        case .bytes(let bytes):
            guard bytes.count <= limit else { throw Problem.tooLarge(limit: limit) }
            return bytes
        case .stream(let stream, let length):
            if let length, length > limit { throw Problem.tooLarge(limit: limit) }
            var whole: [UInt8] = []
            whole.reserveCapacity(length ?? 0)
            for try await chunk in stream {
                guard whole.count + chunk.count <= limit else { throw Problem.tooLarge(limit: limit) }
                whole.append(contentsOf: chunk)
            }
            return whole
        }
    }
}
