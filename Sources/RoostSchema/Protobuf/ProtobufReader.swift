/// Reads messages of Protocol Buffers (proto3 wire format) directly into values.
///
/// Bytes that are not a message throw immediately. A value that violates a rule is recorded as a fault and reading continues, so that every
/// fault is found, as in `JSONReader`. If a field occurs twice, the last value applies; lists and maps collect all.
public struct ProtobufReader {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline var cursor = 0
    /// The end of the message, or of the part that is being read.
    @usableFromInline var end: Int
    @usableFromInline package internal(set) var wireType = ProtobufWireType.varint
    @usableFromInline var number = 0
    @usableFromInline var depth = 0
    @usableFromInline var list = FaultList()
    /// The index of the first fault of the message that is being read.
    @usableFromInline var firstFault = 0
    /// The number of missing elements, by the fields of their lists; those of the message that is being read come last.
    @usableFromInline var lost: [(field: StaticString, count: Int)] = []
    @usableFromInline var firstLost = 0

    /// The largest depth of messages, as in other implementations.
    @inlinable public static var maximumDepth: Int { 100 }
    /// The largest number of a field.
    static let largestNumber = 536_870_911

    /// Creates a reader.
    /// - Parameter bytes: The message, which must outlive the reader.
    @usableFromInline
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address. Nothing is read through this one, because `end` is 0.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    /// Returns the number of the next field, whose content must be read next; `nil` at the end of the message.
    @inlinable
    public mutating func nextField() throws(DecodingFailure) -> Int? {
        guard cursor < end else { return nil }
        let tag = try varint()
        guard let type = ProtobufWireType(tag: tag), tag >> 3 > 0, tag >> 3 <= 536_870_911 else {
            throw malformed("a field has an invalid tag")
        }
        wireType = type
        number = Int(tag >> 3)
        return number
    }

    /// Reads a number of up to 64 bits.
    @inlinable
    public mutating func varint() throws(DecodingFailure) -> UInt64 {
        guard cursor < end, base[cursor] < 0x80 else { return try longVarint() }
        cursor += 1
        return UInt64(base[cursor - 1])
    }

    @usableFromInline
    mutating func longVarint() throws(DecodingFailure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard cursor < end else { throw malformed("a number is incomplete") }
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

    /// Reads eight bytes as a little-endian number.
    /// - Throws: A `DecodingFailure` if fewer bytes are left.
    @inlinable
    public mutating func fixed64() throws(DecodingFailure) -> UInt64 {
        guard end - cursor >= 8 else { throw malformed("a number is incomplete") }
        defer { cursor += 8 }
        return UInt64(littleEndian: UnsafeRawPointer(base + cursor).loadUnaligned(as: UInt64.self))
    }

    /// Reads four bytes as a little-endian number.
    /// - Throws: A `DecodingFailure` if fewer bytes are left.
    @inlinable
    public mutating func fixed32() throws(DecodingFailure) -> UInt32 {
        guard end - cursor >= 4 else { throw malformed("a number is incomplete") }
        defer { cursor += 4 }
        return UInt32(littleEndian: UnsafeRawPointer(base + cursor).loadUnaligned(as: UInt32.self))
    }

    /// Reads the rest of the content as UTF-8.
    /// - Returns: `nil` after recording a fault, if it contains the character U+0000.
    public mutating func text() throws(DecodingFailure) -> String? {
        var hasNull = false
        guard let text = String(wellFormed: UnsafeBufferPointer(start: base + cursor, count: end - cursor), hasNull: &hasNull) else {
            throw malformed("a string is not UTF-8")
        }
        cursor = end
        guard !hasNull else {
            fault(NullCharacter.rule, NullCharacter.message)
            return nil
        }
        return text
    }

    /// Reads the rest of the content.
    public mutating func bytes() -> [UInt8] {
        defer { cursor = end }
        return Array(UnsafeBufferPointer(start: base + cursor, count: end - cursor))
    }

    /// Reads the content of a field with its length before it.
    package mutating func delimitedBytes() throws(DecodingFailure) -> [UInt8] {
        let outer = try narrow()
        defer { widen(to: outer) }
        return bytes()
    }

    /// Skips the current field.
    public mutating func skip() throws(DecodingFailure) {
        switch wireType {
        case .varint: _ = try varint()
        case .fixed64: _ = try fixed64()
        case .fixed32: _ = try fixed32()
        case .delimited: cursor += try length()
        case .groupStart: try skipGroup(number)
        case .groupEnd: throw malformed("a group ends without having begun")
        }
    }

    /// Skips a group. proto3 has no groups, but older writers may send them in unknown fields.
    private mutating func skipGroup(_ group: Int) throws(DecodingFailure) {
        try descend()
        while let field = try nextField() {
            if wireType == .groupEnd {
                guard field == group else { break }
                depth -= 1
                return
            }
            try skip()
        }
        throw malformed("a group is not closed")
    }

    @inlinable
    mutating func descend() throws(DecodingFailure) {
        guard depth < Self.maximumDepth else { throw tooDeep }
        depth += 1
    }

    @usableFromInline var tooDeep: DecodingFailure { malformed("nested deeper than \(Self.maximumDepth)") }

    @inlinable
    mutating func length() throws(DecodingFailure) -> Int {
        let length = try varint()
        guard length <= UInt64(end - cursor) else { throw malformed("a length exceeds the message") }
        return Int(length)
    }

    @usableFromInline
    func malformed(_ message: String) -> DecodingFailure {
        .malformedMessage(MalformedInput(offset: cursor, message: message))
    }

    /// The surroundings of the message in a field.
    @usableFromInline
    struct Outer {
        @usableFromInline let end: Int
        @usableFromInline let firstFault: Int
        @usableFromInline let firstLost: Int

        @inlinable
        init(end: Int, firstFault: Int, firstLost: Int) { (self.end, self.firstFault, self.firstLost) = (end, firstFault, firstLost) }
    }

    /// Enters the message in a field, whose length comes next.
    @inlinable
    mutating func enter() throws(DecodingFailure) -> Outer {
        try descend()
        let outer = Outer(end: try narrow(), firstFault: firstFault, firstLost: firstLost)
        (firstFault, firstLost) = (faultCount, lost.count)
        return outer
    }

    /// Leaves the message, and skips the rest of it.
    @inlinable
    mutating func leave(to outer: Outer) {
        widen(to: outer.end)
        if lost.count > firstLost { lost.removeSubrange(firstLost...) }
        (firstFault, firstLost) = (outer.firstFault, outer.firstLost)
        depth -= 1
    }

    /// Restricts reading to the content of a field, whose length comes next.
    /// - Returns: The end of its surroundings.
    @inlinable
    mutating func narrow() throws(DecodingFailure) -> Int {
        let length = try length(), outer = end
        end = cursor + length
        return outer
    }

    /// Continues after the content, and skips the rest of it.
    @inlinable
    mutating func widen(to outer: Int) {
        cursor = end
        end = outer
    }

    // MARK: Faults

    /// The number of faults recorded so far.
    @inlinable public var faultCount: Int { list.count }

    /// Records a fault of the value that is being read, or of one of its fields.
    public mutating func fault(_ rule: String, _ message: String, field: String? = nil) {
        list.note(rule, message, pointer: field.map(JSONPointer.step) ?? "")
    }

    /// Removes the faults of a value that is discarded.
    mutating func dropFaults(since count: Int) { list.drop(since: count) }

    @usableFromInline
    mutating func place(_ count: Int, in step: String) { list.place(count, in: step) }

    /// Completes the pointers of faults.
    /// - Parameter field: The name of the field; empty for the content of a box, which is not a step of its own in JSON.
    @usableFromInline
    mutating func place(_ count: Int, in field: StaticString) {
        if field.utf8CodeUnitCount > 0 { place(count, in: "\(field)") }
    }

    /// Returns whether a field of the message that is being read has a fault.
    @usableFromInline
    func hasFault(in field: StaticString) -> Bool {
        (firstFault..<faultCount).contains { list.isFault($0, in: field) }
    }

    /// Completes the pointers of the faults in an element of a list.
    /// - Parameters:
    ///   - kept: The number of elements in the list.
    ///   - isLost: Whether the element is missing from the list.
    @usableFromInline
    mutating func place(_ count: Int, inElementAfter kept: Int, isLost: Bool, of field: StaticString) {
        let before = lost(of: field)
        if isLost { noteLost(of: field) }
        place(count, in: String(kept + before))
        place(count, in: field)
    }

    /// Returns the number of missing elements of a list in the message that is being read.
    @usableFromInline
    func lost(of field: StaticString) -> Int { lost[firstLost...].first { Self.isSame($0.field, field) }?.count ?? 0 }

    private mutating func noteLost(of field: StaticString) {
        if let index = lost[firstLost...].firstIndex(where: { Self.isSame($0.field, field) }) {
            lost[index].count += 1
        } else {
            lost.append((field, 1))
        }
    }

    private static func isSame(_ left: StaticString, _ right: StaticString) -> Bool {
        left.utf8CodeUnitCount == right.utf8CodeUnitCount
            && JSONKey.isSame(UnsafeRawPointer(left.utf8Start), UnsafeRawPointer(right.utf8Start), left.utf8CodeUnitCount)
    }
}
