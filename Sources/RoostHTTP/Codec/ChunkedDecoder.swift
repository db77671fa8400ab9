import NIOCore

/// Decodes a chunked body (RFC 9112 §7.1) from input that may be split anywhere. It does no I/O.
struct ChunkedDecoder {
    private enum State {
        case size
        case data(Int)
        case dataEnd
        case trailers(seen: Int)
        case done
    }

    private var state = State.size
    /// The bytes of chunk extensions received so far.
    private var extensions = 0

    /// The largest size of a chunk's size line with its extensions, and of all trailers together, in bytes.
    private static let lineLimit = 4096
    /// The largest size of all chunk extensions together, in bytes. They are ignored, and the limit of the body does not count them (RFC
    /// 9112 §7.1.1).
    private static let extensionLimit = 64 << 10

    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Returns the next piece of the body's content, or `nil` if more input is needed or the body has ended.
    mutating func next(from buffer: inout ByteBuffer) throws(WireFault) -> ByteBuffer? {
        while true {
            switch state {
            case .size:
                guard let line = try Self.line(from: &buffer) else { return nil }
                let size = try size(line)
                state = size == 0 ? .trailers(seen: 0) : .data(size)
            case .data(let left):
                guard buffer.readableBytes > 0, let piece = buffer.readSlice(length: min(left, buffer.readableBytes)) else { return nil }
                state = piece.readableBytes == left ? .dataEnd : .data(left - piece.readableBytes)
                return piece
            case .dataEnd:
                guard let line = try Self.line(from: &buffer) else { return nil }
                guard line.isEmpty else { throw .malformed("A chunk is longer than its size says.") }
                state = .size
            case .trailers(let seen):
                guard let line = try Self.line(from: &buffer) else { return nil }
                guard seen + line.count <= Self.lineLimit else { throw .malformed("The trailers are too long.") }
                guard line.isEmpty || Self.isField(line) else { throw .malformed("A trailer is not a valid header line.") }
                state = line.isEmpty ? .done : .trailers(seen: seen + line.count + 2)
            case .done: return nil
            }
        }
    }

    private static func line(from buffer: inout ByteBuffer) throws(WireFault) -> [UInt8]? {
        let view = buffer.readableBytesView
        guard let feed = view.prefix(lineLimit).firstIndex(of: 0x0A) else {
            guard view.count < lineLimit else { throw .malformed("A line of the chunked body is too long.") }
            return nil
        }
        let line = view[..<feed]
        guard line.last == 0x0D else { throw .malformed("A line of the chunked body does not end with CR LF.") }
        buffer.moveReaderIndex(forwardBy: line.count + 1)
        return Array(line.dropLast())
    }

    /// Trailers are ignored, but they must be valid.
    private static func isField(_ line: [UInt8]) -> Bool {
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        return name.count < line.count && FieldSyntax.isToken(name) && line.dropFirst(name.count).allSatisfy(FieldSyntax.isValueCharacter)
    }

    private mutating func size(_ line: [UInt8]) throws(WireFault) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && !FieldSyntax.isSpace($0) }
        // 15 hexadecimal digits always fit into an Int.
        guard (1...15).contains(digits.count), digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), line.allSatisfy(FieldSyntax.isValueCharacter)
        else { throw .malformed("A chunk's size is not a hexadecimal number.") }
        extensions += line.count - digits.count
        guard extensions <= Self.extensionLimit else { throw .malformed("The extensions of the chunks are too long.") }
        let rest = line.dropFirst(digits.count).drop(while: FieldSyntax.isSpace)
        guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { throw .malformed("A chunk's size is not a hexadecimal number.") }
        return size
    }
}
