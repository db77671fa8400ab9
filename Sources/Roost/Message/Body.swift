/// The content of a request or a response: whole, or arriving piece by piece.
public enum Body: Sendable {
    /// The whole content.
    case bytes([UInt8])
    /// Content that is read as it arrives; the producer waits for its reader. `length` is the byte count where it is known.
    case stream(any AsyncSequence<[UInt8], any Error> & Sendable, length: Int?)

    public static let empty = Body.bytes([])

    /// UTF-8 text.
    public static func text(_ text: String) -> Body { .bytes(Array(text.utf8)) }

    /// The byte count, or `nil` where only the end of the stream will tell.
    public var length: Int? {
        switch self {
        case .bytes(let bytes): bytes.count
        case .stream(_, let length): length
        }
    }

    /// The whole content as one array.
    /// - Parameter limit: the most bytes to take.
    /// - Throws: a `Problem` with status 413 where there is more than `limit`; whatever the stream throws.
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
