import CZlib
import Roost

/// Compression by gzip (RFC 1952), through zlib.
enum Gzip {
    /// 15 bits of window, and a gzip header rather than zlib's (zlib's manual, `deflateInit2`).
    private static let windowBits: Int32 = 15 + 16

    /// - Returns: `nil` where zlib has no memory for it.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, Z_BEST_SPEED, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            return nil
        }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            run(&stream, bytes, into: output) { deflate(&$0, Z_FINISH) }
            count = bound - Int(stream.avail_out)
        }
    }

    /// - Parameter limit: the most bytes that may come out.
    /// - Throws: a `Problem`: 400 where it is no gzip, 413 where more than `limit` comes out.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(Problem) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Problem(.internalError)
        }
        defer { inflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: min(limit, max(1024, bytes.count * 4)) + 1)
        var result = Z_OK
        var written = 0
        while true {
            output.withUnsafeMutableBufferPointer { output in
                let room = UnsafeMutableBufferPointer(rebasing: output[written...])
                result = run(&stream, Array(bytes.dropFirst(Int(stream.total_in))), into: room) { inflate(&$0, Z_NO_FLUSH) }
                written = output.count - Int(stream.avail_out)
            }
            guard written <= limit else { throw .messageTooLarge(limit: limit) }
            if result == Z_STREAM_END, Int(stream.total_in) == bytes.count { return Array(output[..<written]) }
            guard result == Z_OK, stream.avail_out == 0 else { throw Problem(.badRequest, "A compressed message is no gzip.") }
            output += [UInt8](repeating: 0, count: min(output.count, limit + 1 - output.count))
        }
    }

    @discardableResult
    private static func run(
        _ stream: inout z_stream, _ input: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>, _ step: (inout z_stream) -> Int32
    ) -> Int32 {
        input.withUnsafeBufferPointer { input in
            // zlib does not write to its input; its type lacks const.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(input.count)
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            return step(&stream)
        }
    }
}
