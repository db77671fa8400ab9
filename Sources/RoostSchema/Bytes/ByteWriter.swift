/// Bytes that grow in memory of their own, at the cost of one comparison for each piece. An array would check each time that it is not
/// shared.
@usableFromInline
struct ByteWriter: ~Copyable {
    @usableFromInline private(set) var base: UnsafeMutablePointer<UInt8>
    @usableFromInline private(set) var capacity: Int
    /// The number of bytes written.
    @usableFromInline var count = 0

    @usableFromInline
    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    @inlinable deinit { base.deallocate() }

    @usableFromInline var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

    /// Reserves space for this many more bytes.
    @inlinable
    mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(by: more) }
    }

    @usableFromInline @inline(never)
    mutating func grow(by more: Int) {
        let larger = max(capacity * 2, count + more)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        copy.initialize(from: base, count: count)
        base.deallocate()
        (base, capacity) = (copy, larger)
    }

    @inlinable
    mutating func append(_ bytes: UnsafePointer<UInt8>, count length: Int) {
        reserve(length)
        (base + count).initialize(from: bytes, count: length)
        count += length
    }

    @inlinable
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let start = bytes.baseAddress { append(start, count: bytes.count) }
    }

    @inlinable
    mutating func append(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    /// Appends a number in its memory representation.
    @inlinable
    mutating func append(word: some FixedWidthInteger & BitwiseCopyable) {
        let length = word.bitWidth / 8
        reserve(length)
        UnsafeMutableRawPointer(base + count).storeBytes(of: word, as: type(of: word))
        count += length
    }

    /// Appends the bytes of a text.
    @inlinable
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }
}
