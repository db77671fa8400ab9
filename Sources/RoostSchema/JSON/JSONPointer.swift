/// JSON pointers (RFC 6901).
package enum JSONPointer {
    /// Returns one step of a pointer, with `~` and `/` escaped.
    package static func step(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return "/" + name }
        // Byte by byte, because a combining mark after a slash forms one character with it.
        var bytes = [UInt8(ascii: "/")]
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): bytes += Array("~0".utf8)
            case UInt8(ascii: "/"): bytes += Array("~1".utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The largest number of bytes in the pointers of a document's faults, except the first. Keys can be as long as the document, and each
    /// fault below a key repeats it.
    static let textLimit = 1 << 20
}

/// Finds the pointers of places in a text that was read before, in one pass.
struct JSONPointerWalk {
    private enum Step {
        case key(JSONKey), index(Int)
    }

    private var reader: JSONReader
    /// The places in the order of the text, each with its index among those given.
    private let places: [(offset: Int, number: Int)]
    private var next = 0
    private var path: [Step] = []
    private var pointers: [String?]
    private var room = JSONPointer.textLimit

    private init(_ offsets: [Int], in bytes: UnsafeBufferPointer<UInt8>) {
        reader = JSONReader(bytes)
        places = offsets.enumerated().map { (offset: $1, number: $0) }.sorted { ($0.offset, $0.number) < ($1.offset, $1.number) }
        pointers = Array(repeating: nil, count: offsets.count)
    }

    /// Returns the pointers of the values at these offsets, or of the innermost value around an offset if none begins there.
    /// - Returns: A pointer for each offset; `nil` for those after `JSONPointer.textLimit`.
    static func pointers(to offsets: [Int], in bytes: UnsafeBufferPointer<UInt8>) -> [String?] {
        var walk = JSONPointerWalk(offsets, in: bytes)
        try? walk.visit()
        return walk.pointers
    }

    private mutating func visit() throws(DecodingFailure) {
        settle(upTo: reader.position())
        guard next < places.count else { return }
        switch reader.peek() {
        case UInt8(ascii: "{"):
            try reader.descend()
            while let key = try reader.nextKey() {
                guard try visit(.key(key)) else { return }
            }
        case UInt8(ascii: "["):
            try reader.descend()
            var index = 0
            while try reader.nextElement() {
                guard try visit(.index(index)) else { return }
                index += 1
            }
        default: return try reader.skipValue()
        }
        settle(upTo: reader.cursor - 1)
    }

    /// Visits the next part.
    /// - Returns: Whether there is more to find.
    private mutating func visit(_ step: Step) throws(DecodingFailure) -> Bool {
        path.append(step)
        try visit()
        path.removeLast()
        return next < places.count
    }

    /// Assigns the current pointer to the places up to an offset.
    private mutating func settle(upTo offset: Int) {
        guard next < places.count, places[next].offset <= offset else { return }
        let pointer = path.map(Self.text).joined()
        while next < places.count, places[next].offset <= offset {
            if next > 0, pointer.utf8.count > room { return next = places.count }
            room -= pointer.utf8.count
            pointers[places[next].number] = pointer
            next += 1
        }
    }

    private static func text(of step: Step) -> String {
        switch step {
        case .key(let key): JSONPointer.step(key.text)
        case .index(let index): "/\(index)"
        }
    }
}
