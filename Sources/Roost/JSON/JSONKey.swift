/// A key of the object being read; valid until the document's end.
public struct JSONKey {
    @usableFromInline let bytes: UnsafeBufferPointer<UInt8>

    @usableFromInline init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    @inlinable
    public static func ~= (name: StaticString, key: JSONKey) -> Bool {
        let count = name.utf8CodeUnitCount
        guard key.bytes.count == count, let start = key.bytes.baseAddress else { return false }
        return isSame(UnsafeRawPointer(name.utf8Start), UnsafeRawPointer(start), count)
    }

    /// Compares eight bytes, or four, at a time; the last ones may be compared twice. Where `count` is a constant, no loop is left.
    @inlinable @inline(__always)
    static func isSame(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Bool {
        func same<Word: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _ type: Word.Type) -> Bool {
            left.loadUnaligned(fromByteOffset: offset, as: type) == right.loadUnaligned(fromByteOffset: offset, as: type)
        }
        guard count >= 4 else { return (0..<count).allSatisfy { same($0, UInt8.self) } }
        guard count >= 8 else { return same(0, UInt32.self) && same(count - 4, UInt32.self) }
        var offset = 0
        while offset + 8 < count {
            guard same(offset, UInt64.self) else { return false }
            offset += 8
        }
        return same(count - 8, UInt64.self)
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
