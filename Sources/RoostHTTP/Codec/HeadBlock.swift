import NIOCore
import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds the end of a message's head in input that may be split anywhere.
struct HeadScanner {
    /// The number of bytes that have already been searched.
    private var searched = 0

    /// Returns the length of the head with the empty line that ends it, or `nil` if the end has not been received yet.
    mutating func end(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        // A head ends with two line feeds, with or without a carriage return in between. Bare line feeds are rejected when the lines are
        // read, but they have to end the search.
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

    /// Returns the next line without its line end, or `nil` at the empty line.
    mutating func next() throws(WireFault) -> UnsafeBufferPointer<UInt8>? {
        guard let base = rest.baseAddress, let found = memchr(base, 0x0A, rest.count) else {
            throw .malformed("The head is incomplete.")
        }
        let feed = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        guard feed > 0, rest[feed - 1] == 0x0D else { throw .malformed("A line of the head does not end with CR LF.") }
        let line = UnsafeBufferPointer(rebasing: rest[..<(feed - 1)])
        rest = UnsafeBufferPointer(rebasing: rest[(feed + 1)...])
        return line.isEmpty ? nil : line
    }

    /// Returns the name and value of the next field line (RFC 9112 §5), or `nil` at the empty line.
    mutating func nextField() throws(WireFault) -> (name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)? {
        guard let line = try next() else { return nil }
        var colon = 0
        while colon < line.count, FieldSyntax.isTokenCharacter(line[colon]) { colon += 1 }
        // Spaces before the colon and folded lines are used for request smuggling (RFC 9112 §5.1, §5.2).
        guard colon > 0, colon < line.count, line[colon] == UInt8(ascii: ":") else {
            throw .malformed("A header line does not begin with a name and a colon.")
        }
        var start = colon + 1
        var end = line.count
        while start < end, FieldSyntax.isSpace(line[start]) { start += 1 }
        while end > start, FieldSyntax.isSpace(line[end - 1]) { end -= 1 }
        for index in start..<end where !FieldSyntax.isValueCharacter(line[index]) {
            throw .malformed("A header value contains a control character.")
        }
        return (UnsafeBufferPointer(rebasing: line[..<colon]), UnsafeBufferPointer(rebasing: line[start..<end]))
    }
}

extension String {
    /// Creates a string from bytes, replacing invalid UTF-8.
    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.init(decoding: bytes, as: UTF8.self) }
}
