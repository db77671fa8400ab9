/// Finds the JSON pointer (RFC 6901) of a place in a text that was read before.
struct JSONPointer {
    /// The pointer of the value that begins at `offset`; of the innermost value around it where none begins there.
    static func locate(_ offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> String {
        var reader = JSONReader(bytes)
        var path = ""
        try? descend(to: offset, &reader, &path)
        return path
    }

    /// One step of a pointer, with `~` and `/` escaped.
    static func step(_ name: String) -> String {
        "/" + name.flatMap { $0 == "~" ? Array("~0") : $0 == "/" ? Array("~1") : [$0] }
    }

    private static func descend(to offset: Int, _ reader: inout JSONReader, _ path: inout String) throws(JSONError) {
        guard reader.position() < offset else { return }
        switch reader.peek() {
        case UInt8(ascii: "{"):
            try reader.descend()
            while let key = try reader.nextKey() {
                if try holds(offset, &reader) { return try enter(key.text, offset, &reader, &path) }
            }
        case UInt8(ascii: "["):
            try reader.descend()
            var index = 0
            while try reader.nextElement() {
                if try holds(offset, &reader) { return try enter(String(index), offset, &reader, &path) }
                index += 1
            }
        default: return
        }
    }

    private static func enter(_ name: String, _ offset: Int, _ reader: inout JSONReader, _ path: inout String) throws(JSONError) {
        path += step(name)
        try descend(to: offset, &reader, &path)
    }

    /// Whether the next value ends after `offset`. It is passed over where it does not.
    private static func holds(_ offset: Int, _ reader: inout JSONReader) throws(JSONError) -> Bool {
        let start = reader
        try reader.skipValue()
        guard reader.cursor > offset else { return false }
        reader.rewind(to: start)
        return true
    }
}

extension JSONReader {
    /// Goes back to where `earlier` stood.
    fileprivate mutating func rewind(to earlier: JSONReader) {
        cursor = earlier.cursor
        needsComma = earlier.needsComma
        depth = earlier.depth
    }
}
