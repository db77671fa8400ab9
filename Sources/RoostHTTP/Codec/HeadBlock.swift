import NIOCore
import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds where a message's head ends, over as many pieces as it comes in.
struct HeadScanner {
    /// How many bytes of the unfinished head hold no end.
    private var searched = 0

    /// - Returns: the length of the head with the empty line that ends it; `nil` where the end is yet to come.
    mutating func end(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        // A head ends where a line feed follows a line feed, with or without a carriage return between. The bare ones are
        // refused when the lines are read, but they must end the search.
        guard let base = bytes.baseAddress else { return nil }
        var index = searched
        while index < bytes.count, let found = memchr(base + index, 0x0A, bytes.count - index) {
            let feed = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
            if feed + 1 < bytes.count, bytes[feed + 1] == 0x0A { return finish(feed + 2) }
            if feed + 2 < bytes.count, bytes[feed + 1] == 0x0D, bytes[feed + 2] == 0x0A { return finish(feed + 3) }
            index = feed + 1
        }
        searched = max(0, bytes.count - 2)
        return nil
    }

    private mutating func finish(_ end: Int) -> Int {
        searched = 0
        return end
    }
}

/// Reads a head line by line.
struct HeadLines {
    private var rest: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { rest = bytes }

    /// The next line without its end; `nil` at the empty line.
    mutating func next() throws(WireFault) -> UnsafeBufferPointer<UInt8>? {
        guard let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) else {
            throw .malformed("The head is cut short.")
        }
        let feed = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        guard feed > 0, rest[feed - 1] == 0x0D else { throw .malformed("A line of the head does not end with CR LF.") }
        let line = UnsafeBufferPointer(rebasing: rest[..<(feed - 1)])
        rest = UnsafeBufferPointer(rebasing: rest[(feed + 1)...])
        return line.isEmpty ? nil : line
    }

    /// The next field line's name and value (RFC 9112 §5); `nil` at the empty line.
    mutating func nextField() throws(WireFault) -> (name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)? {
        guard let line = try next() else { return nil }
        var colon = 0
        while colon < line.count, FieldSyntax.isTokenCharacter(line[colon]) { colon += 1 }
        // A space before the colon, or a line that continues the last one, is how requests are smuggled (RFC 9112 §5.1, §5.2).
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            throw .malformed("A header line has no name followed by a colon.")
        }
        var start = colon + 1
        var end = line.count
        while start < end, FieldSyntax.isSpace(line[start]) { start += 1 }
        while end > start, FieldSyntax.isSpace(line[end - 1]) { end -= 1 }
        for index in start..<end where !FieldSyntax.isValueCharacter(line[index]) {
            throw .malformed("A header value has a control character.")
        }
        return (UnsafeBufferPointer(rebasing: line[..<colon]), UnsafeBufferPointer(rebasing: line[start..<end]))
    }
}

extension String {
    /// Bytes as text; what is not UTF-8 is replaced.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(decoding: bytes, as: UTF8.self) }
}
