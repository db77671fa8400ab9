import CRoostZlib

/// Compresses and decompresses complete values in memory with DEFLATE (RFC 1951), using zlib.
package struct Zlib: Sendable {
    /// The reason why bytes could not be decompressed.
    package enum Failure: Error {
        /// The bytes are not valid.
        case malformed
        /// The result is larger than the limit.
        case tooLarge
        /// zlib could not allocate memory.
        case outOfMemory
    }

    /// The window size and the framing in one number, as `deflateInit2` expects it (see zlib's manual).
    private let windowBits: Int32
    private let level: Int32
    /// Whether the stream ends after the value. If not, it is flushed (`Z_SYNC_FLUSH`), and more could follow.
    private let isEnded: Bool

    /// Gzip (RFC 1952) at the fastest level, with a window of 15 bits.
    package static let gzip = Zlib(windowBits: 15 + 16, level: Z_BEST_SPEED, isEnded: true)

    /// Returns raw DEFLATE without a header and without a final block.
    /// - Parameter windowBits: The base-two logarithm of the window size, 9 to 15.
    static func raw(windowBits: Int32) -> Zlib { Zlib(windowBits: -windowBits, level: Z_DEFAULT_COMPRESSION, isEnded: false) }

    /// Compresses bytes.
    /// - Returns: The compressed bytes, or `nil` if zlib could not allocate memory.
    package func compress(_ bytes: [UInt8]) -> [UInt8]? {
        Self.withStream { stream in
            guard deflateInit2_(stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Self.size) == Z_OK else {
                return nil
            }
            defer { deflateEnd(stream) }
            // The bound is for a finished stream. A flush adds an empty block instead.
            var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(bytes.count))) + 16)
            let status = Self.run(stream, bytes[...], into: &output, from: 0) { deflate(stream, isEnded ? Z_FINISH : Z_SYNC_FLUSH) }
            guard status == (isEnded ? Z_STREAM_END : Z_OK), stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else { return nil }
            output.removeLast(Int(stream.pointee.avail_out))
            return output
        }
    }

    /// Decompresses bytes.
    /// - Parameters:
    ///   - bytes: The compressed bytes.
    ///   - limit: The largest allowed size of the result, in bytes.
    package func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        try Self.withStream { stream throws(Failure) in
            guard inflateInit2_(stream, windowBits, ZLIB_VERSION, Self.size) == Z_OK else { throw .outOfMemory }
            defer { inflateEnd(stream) }
            return try inflateAll(bytes, limit, stream)
        }
    }

    private func inflateAll(
        _ input: [UInt8], _ limit: Int, _ stream: UnsafeMutablePointer<z_stream>
    ) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var rest = input[...]
        var room = max(1024, input.count * 4)
        while true {
            let start = output.count
            output += [UInt8](repeating: 0, count: min(room, limit + 1 - start))
            let status = Self.run(stream, rest, into: &output, from: start) { inflate(stream, Z_SYNC_FLUSH) }
            guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { throw .malformed }
            output.removeLast(Int(stream.pointee.avail_out))
            guard output.count <= limit else { throw .tooLarge }
            rest = rest.suffix(Int(stream.pointee.avail_in))
            if status == Z_STREAM_END {
                if rest.isEmpty { return output }
                // A final block inside a message is allowed. The next block then starts a new stream (RFC 7692 §7.2.3.4).
                guard !isEnded, inflateReset(stream) == Z_OK else { throw .malformed }
            } else if stream.pointee.avail_out > 0 {
                guard !isEnded else { throw .malformed }
                return output
            }
            room *= 2
        }
    }

    private static let size = Int32(MemoryLayout<z_stream>.size)

    /// zlib keeps the address of its stream, which therefore must not move.
    private static func withStream<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<z_stream>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        return try body(stream)
    }

    /// Runs one zlib step, which consumes input and writes output from an index on.
    private static func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: ArraySlice<UInt8>, into output: inout [UInt8], from start: Int,
        _ step: () -> Int32
    ) -> Int32 {
        input.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                // zlib only reads the input, although its header does not declare it const.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress.map { $0 + start }
                stream.pointee.avail_out = UInt32(target.count - start)
                return step()
            }
        }
    }
}
