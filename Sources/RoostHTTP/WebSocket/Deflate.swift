import CZlib

/// Compression of a message by itself: DEFLATE (RFC 1951) as permessage-deflate cuts it (RFC 7692 §7.2), no context kept.
enum Deflate {
    /// What a compressed message lacks at its end.
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    private static let size = Int32(MemoryLayout<z_stream>.size)

    /// - Parameter windowBits: the base-two logarithm of the window, from 9 to 15.
    /// - Returns: `nil` where zlib cannot, for want of memory.
    static func compress(_ message: [UInt8], windowBits: Int32) -> [UInt8]? {
        withStream { stream in
            let level = Z_DEFAULT_COMPRESSION, strategy = Z_DEFAULT_STRATEGY
            guard deflateInit2_(stream, level, Z_DEFLATED, -windowBits, 8, strategy, ZLIB_VERSION, size) == Z_OK else { return nil }
            defer { deflateEnd(stream) }
            // The bound is of a stream that ends; a flush adds an empty block instead.
            var output = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(message.count))) + 16)
            let status = run(stream, message[...], into: &output, from: 0) { deflate(stream, Z_SYNC_FLUSH) }
            guard status == Z_OK, stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 else { return nil }
            output.removeLast(Int(stream.pointee.avail_out) + tail.count)
            return output
        }
    }

    /// - Parameter limit: the most bytes that may come out.
    /// - Throws: the closure that the peer gets: 1009 where more comes out, 1007 where it is not DEFLATE.
    static func decompress(_ message: [UInt8], limit: Int) throws(WebSocketClosure) -> [UInt8] {
        try withStream { stream throws(WebSocketClosure) in
            guard inflateInit2_(stream, -15, ZLIB_VERSION, size) == Z_OK else { throw .unexpected }
            defer { inflateEnd(stream) }
            return try inflateAll(message + tail, limit, stream)
        }
    }

    private static func inflateAll(
        _ input: [UInt8], _ limit: Int, _ stream: UnsafeMutablePointer<z_stream>
    ) throws(WebSocketClosure) -> [UInt8] {
        var output: [UInt8] = []
        var rest = input[...]
        var room = max(256, input.count * 4)
        while true {
            let start = output.count
            output += [UInt8](repeating: 0, count: min(room, limit + 1))
            let status = run(stream, rest, into: &output, from: start) { inflate(stream, Z_SYNC_FLUSH) }
            guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else {
                throw WebSocketClosure(1007, "A message is not compressed as was agreed.")
            }
            output.removeLast(Int(stream.pointee.avail_out))
            guard output.count <= limit else { throw .tooLarge(limit) }
            rest = rest.suffix(Int(stream.pointee.avail_in))
            if status == Z_STREAM_END {
                // A last block in the middle is allowed; what follows it begins anew (§7.2.3.4).
                guard !rest.isEmpty, inflateReset(stream) == Z_OK else { return output }
            } else if stream.pointee.avail_out > 0 {
                return output
            }
            room *= 2
        }
    }

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
