import CZlib

/// DEFLATE (RFC 1951) through zlib, of values that are in memory whole.
package struct Zlib: Sendable {
    package enum Failure: Error {
        case malformed
        case tooLarge
        case outOfMemory
    }

    /// As `deflateInit2` takes it (zlib's manual): the window's size and the framing in one.
    private let windowBits: Int32
    private let level: Int32
    /// Whether the last block is marked as such, and nothing follows it; a flush ends it otherwise (`Z_SYNC_FLUSH`), and more could follow.
    private let isEnded: Bool

    /// Gzip (RFC 1952), fast: 15 bits of window, and 16 for its header.
    package static let gzip = Zlib(windowBits: 15 + 16, level: Z_BEST_SPEED, isEnded: true)

    /// Blocks without a header, and without an end.
    /// - Parameter windowBits: the base-two logarithm of the window, from 9 to 15.
    static func raw(windowBits: Int32) -> Zlib { Zlib(windowBits: -windowBits, level: Z_DEFAULT_COMPRESSION, isEnded: false) }

    /// - Returns: `nil` where zlib has no memory for it.
    package func compress(_ bytes: [UInt8]) -> [UInt8]? {
        Self.withStream { stream in
            guard deflateInit2_(stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Self.size) == Z_OK else {
                return nil
            }
            defer { deflateEnd(stream) }
            // The bound is of a stream that ends; a flush adds an empty block instead.
            var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(bytes.count))) + 16)
            let status = Self.run(stream, bytes[...], into: &output, from: 0) { deflate(stream, isEnded ? Z_FINISH : Z_SYNC_FLUSH) }
            guard status == (isEnded ? Z_STREAM_END : Z_OK), stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else { return nil }
            output.removeLast(Int(stream.pointee.avail_out))
            return output
        }
    }

    /// - Parameter limit: the most bytes that may come out.
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
                // A last block in the middle of a message without an end is allowed; what follows it begins anew (RFC 7692 §7.2.3.4).
                guard !isEnded, inflateReset(stream) == Z_OK else { throw .malformed }
            } else if stream.pointee.avail_out > 0 {
                guard !isEnded else { throw .malformed }
                return output
            }
            room *= 2
        }
    }

    private static let size = Int32(MemoryLayout<z_stream>.size)

    /// zlib keeps the address of its stream, so that must not move.
    private static func withStream<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<z_stream>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        return try body(stream)
    }

    /// Has zlib take the input and fill the output from an index on, as far as both go.
    private static func run(
        _ stream: UnsafeMutablePointer<z_stream>, _ input: ArraySlice<UInt8>, into output: inout [UInt8], from start: Int,
        _ step: () -> Int32
    ) -> Int32 {
        input.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                // zlib only reads the input; its header lacks the const.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress.map { $0 + start }
                stream.pointee.avail_out = UInt32(target.count - start)
                return step()
            }
        }
    }
}
