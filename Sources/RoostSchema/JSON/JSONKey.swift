/// A key of the object that is being read, which is valid as long as the document.
public struct JSONKey {
    @usableFromInline let start: UnsafePointer<UInt8>
    /// The number of bytes in the key; if its end has not been searched for, the number of bytes in the rest of the text.
    @usableFromInline let count: Int
    @usableFromInline let isOpen: Bool

    @usableFromInline
    init(start: UnsafePointer<UInt8>, count: Int, isOpen: Bool) { (self.start, self.count, self.isOpen) = (start, count, isOpen) }

    /// Returns whether this is a key. If its end has not been searched for, its quote and its colon must follow the name directly. The name
    /// contains no quote and no backslash.
    @inlinable
    public static func ~= (name: StaticString, key: JSONKey) -> Bool {
        let count = name.utf8CodeUnitCount
        if key.isOpen {
            guard key.count >= count + 2, key.start[count] == UInt8(ascii: "\""), key.start[count + 1] == UInt8(ascii: ":") else {
                return false
            }
        } else if key.count != count {
            return false
        }
        return isSame(UnsafeRawPointer(name.utf8Start), UnsafeRawPointer(key.start), count)
    }

    /// Compares eight, four or two bytes at a time; the last ones may be compared twice. If `count` is a constant, no loop remains.
    @inlinable @inline(__always)
    static func isSame(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
        func same<Word: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Word.Type) -> Bool {
            left.loadUnaligned(fromByteOffset: offset, as: type) == right.loadUnaligned(fromByteOffset: offset, as: type)
        }
        guard count >= 2 else { return count == 0 || same(0, UInt8.self) }
        guard count >= 4 else { return same(0, UInt16.self) && same(count - 2, UInt16.self) }
        guard count >= 8 else { return same(0, UInt32.self) && same(count - 4, UInt32.self) }
        var offset = 0
        while offset + 8 < count {
            guard same(offset, UInt64.self) else { return false }
            offset += 8
        }
        return same(count - 8, UInt64.self)
    }

    /// The text of a key from `nextKey`.
    public var text: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }
}

/// The bytes of a key with escapes or with characters that are not ASCII. They are kept as long as a reader of the key.
final class UnescapedKey {
    let start: UnsafePointer<UInt8>
    let count: Int

    init(_ text: String) {
        count = text.utf8.count
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, count))
        _ = UnsafeMutableBufferPointer(start: copy, count: count).initialize(fromContentsOf: text.utf8)
        start = UnsafePointer(copy)
    }

    deinit { start.deallocate() }
}
