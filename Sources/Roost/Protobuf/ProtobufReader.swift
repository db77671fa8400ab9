/// Reads messages of Protocol Buffers (proto3 wire format) straight into values.
///
/// Bytes that are no message are thrown at once. A value that breaks a rule is noted and reading goes on, so that every fault is found
/// in one go, as `JSONReader` does. A field that comes twice counts as it stands last; lists and maps gather all.
public struct ProtobufReader {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline var cursor = 0
    /// Where the message, or the part of it that is being read, ends.
    @usableFromInline var end: Int
    @usableFromInline var wireType = ProtobufWireType.varint
    @usableFromInline var number = 0
    private var depth = 0
    private(set) var faults: [Fault] = []

    /// How deep messages may be nested, as in other implementations.
    public static let maximumDepth = 100
    /// The largest number that a field may have.
    static let largestNumber = 536_870_911

    /// - Parameter bytes: must outlive the reader.
    @usableFromInline
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; nothing is read through this one, as `end` is 0.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    /// The number of the next field, whose content is then next to be read; `nil` at the message's end.
    @inlinable
    public mutating func nextField() throws(ProtobufError) -> Int? {
        guard cursor < end else { return nil }
        let tag = try varint()
        guard let type = ProtobufWireType(rawValue: UInt8(tag & 7)), tag >> 3 > 0, tag >> 3 <= 536_870_911 else {
            throw malformed("a field's tag is none")
        }
        wireType = type
        number = Int(tag >> 3)
        return number
    }

    /// Reads a number of up to 64 bits.
    @inlinable
    public mutating func varint() throws(ProtobufError) -> UInt64 {
        if cursor < end, base[cursor] < 0x80 {
            cursor += 1
            return UInt64(base[cursor - 1])
        }
        return try longVarint()
    }

    @usableFromInline
    mutating func longVarint() throws(ProtobufError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard cursor < end else { throw malformed("a number has no end") }
            let byte = base[cursor]
            cursor += 1
            value |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 {
                guard shift < 63 || byte < 2 else { break }
                return value
            }
        }
        throw malformed("a number has more than 64 bits")
    }

    public mutating func fixed64() throws(ProtobufError) -> UInt64 {
        guard end - cursor >= 8 else { throw malformed("a number has no end") }
        defer { cursor += 8 }
        return UInt64(littleEndian: UnsafeRawPointer(base + cursor).loadUnaligned(as: UInt64.self))
    }

    public mutating func fixed32() throws(ProtobufError) -> UInt32 {
        guard end - cursor >= 4 else { throw malformed("a number has no end") }
        defer { cursor += 4 }
        return UInt32(littleEndian: UnsafeRawPointer(base + cursor).loadUnaligned(as: UInt32.self))
    }

    /// Reads all that is left of the content, as UTF-8.
    public mutating func text() throws(ProtobufError) -> String {
        guard let text = String(validating: UnsafeBufferPointer(start: base + cursor, count: end - cursor), as: UTF8.self) else {
            throw malformed("a string is not UTF-8")
        }
        cursor = end
        return text
    }

    /// Reads all that is left of the content.
    public mutating func bytes() -> [UInt8] {
        defer { cursor = end }
        return Array(UnsafeBufferPointer(start: base + cursor, count: end - cursor))
    }

    /// Reads the bytes of one field of a message and passes over the others.
    mutating func bytes(ofField wanted: Int) throws(ProtobufError) -> [UInt8] {
        var found: [UInt8] = []
        while let field = try nextField() {
            guard field == wanted, wireType == .delimited else {
                try skip()
                continue
            }
            found = try delimitedBytes()
        }
        return found
    }

    /// Reads a field's content with its length before it.
    mutating func delimitedBytes() throws(ProtobufError) -> [UInt8] {
        let outer = try enter()
        defer { leave(to: outer) }
        return bytes()
    }

    /// Passes over the field whose number was read.
    public mutating func skip() throws(ProtobufError) {
        switch wireType {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .fixed32: _ = try fixed32()
        case .delimited: cursor += try length()
        case .groupStart: try skipGroup(number)
        case .groupEnd: throw malformed("a group ends that has not begun")
        }
    }

    /// Groups are no part of proto3, but older writers may send them in fields that are unknown here.
    private mutating func skipGroup(_ group: Int) throws(ProtobufError) {
        try descend()
        while let field = try nextField() {
            if wireType == .groupEnd {
                guard field == group else { break }
                depth -= 1
                return
            }
            try skip()
        }
        throw malformed("a group has no end")
    }

    private mutating func descend() throws(ProtobufError) {
        guard depth < Self.maximumDepth else { throw malformed("nested deeper than \(Self.maximumDepth)") }
        depth += 1
    }

    @usableFromInline
    mutating func length() throws(ProtobufError) -> Int {
        let length = try varint()
        guard length <= UInt64(end - cursor) else { throw malformed("a length goes beyond the message") }
        return Int(length)
    }

    @usableFromInline
    func malformed(_ message: String) -> ProtobufError { ProtobufError(offset: cursor, message: message) }

    /// Enters the content of a field whose length comes next.
    /// - Returns: where what it stands in ends.
    @usableFromInline
    mutating func enter() throws(ProtobufError) -> Int {
        let length = try length()
        try descend()
        defer { end = cursor + length }
        return end
    }

    /// Leaves the content, whatever was left of it.
    @usableFromInline
    mutating func leave(to outer: Int) {
        cursor = end
        end = outer
        depth -= 1
    }

    // MARK: Faults

    /// How many faults were noted so far.
    public var faultCount: Int { faults.count }

    /// Notes a fault of the value that is being read, or of a field of it.
    public mutating func fault(_ rule: String, _ message: String, field: String? = nil) {
        guard faults.count < JSONReader.maximumFaults else { return }
        faults.append(Fault(pointer: field.map(JSONPointer.step) ?? "", rule: rule, message: message))
    }

    /// Completes the pointers of the faults that a field's value had.
    @usableFromInline
    mutating func place(_ count: Int, in step: String) {
        for index in count..<faults.count { faults[index].pointer = JSONPointer.step(step) + faults[index].pointer }
    }

    @usableFromInline
    func hasFault(in field: String) -> Bool {
        let pointer = JSONPointer.step(field)
        return faults.contains { $0.pointer == pointer || $0.pointer.hasPrefix(pointer + "/") }
    }
}
