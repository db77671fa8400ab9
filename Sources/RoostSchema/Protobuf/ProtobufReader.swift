/// Reads messages of Protocol Buffers (proto3 wire format) straight into values.
///
/// Bytes that are no message are thrown at once. A value that breaks a rule is noted and reading goes on, so that every fault is found
/// in one go, as `JSONReader` does. A field that comes twice counts as it stands last; lists and maps gather all.
public struct ProtobufReader {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline var cursor = 0
    /// Where the message, or the part of it that is being read, ends.
    @usableFromInline var end: Int
    @usableFromInline package internal(set) var wireType = ProtobufWireType.varint
    @usableFromInline var number = 0
    @usableFromInline var depth = 0
    @usableFromInline var list = FaultList()
    /// Where the faults of the message that is being read begin.
    @usableFromInline var firstFault = 0
    /// How many elements lists lack because they have faults, by their lists' fields; those of the message that is being read stand last.
    @usableFromInline var lost: [(field: StaticString, count: Int)] = []
    @usableFromInline var firstLost = 0

    /// How deep messages may be nested, as in other implementations.
    @inlinable public static var maximumDepth: Int { 100 }
    /// The largest number that a field may have.
    static let largestNumber = 536_870_911

    /// - Parameter bytes: must outlive the reader.
    @usableFromInline
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; nothing is read through this one, as `end` is 0.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    /// The number of the next field, whose content is then next to be read; `nil` at the message's end.
    @inlinable
    public mutating func nextField() throws(DecodingFailure) -> Int? {
        guard cursor < end else { return nil }
        let tag = try varint()
        guard let type = ProtobufWireType(tag: tag), tag >> 3 > 0, tag >> 3 <= 536_870_911 else {
            throw malformed("a field's tag is none")
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

    @inlinable
    public mutating func fixed64() throws(DecodingFailure) -> UInt64 {
        guard end - cursor >= 8 else { throw malformed("a number has no end") }
        defer { cursor += 8 }
        return UInt64(littleEndian: UnsafeRawPointer(base + cursor).loadUnaligned(as: UInt64.self))
    }

    @inlinable
    public mutating func fixed32() throws(DecodingFailure) -> UInt32 {
        guard end - cursor >= 4 else { throw malformed("a number has no end") }
        defer { cursor += 4 }
        return UInt32(littleEndian: UnsafeRawPointer(base + cursor).loadUnaligned(as: UInt32.self))
    }

    /// Reads all that is left of the content, as UTF-8.
    /// - Returns: `nil` where it has the character U+0000, which is then noted.
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

    /// Reads all that is left of the content.
    public mutating func bytes() -> [UInt8] {
        defer { cursor = end }
        return Array(UnsafeBufferPointer(start: base + cursor, count: end - cursor))
    }

    /// Reads a field's content with its length before it.
    package mutating func delimitedBytes() throws(DecodingFailure) -> [UInt8] {
        let outer = try narrow()
        defer { widen(to: outer) }
        return bytes()
    }

    /// Passes over the field whose number was read.
    public mutating func skip() throws(DecodingFailure) {
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
        throw malformed("a group has no end")
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
        guard length <= UInt64(end - cursor) else { throw malformed("a length goes beyond the message") }
        return Int(length)
    }

    @usableFromInline
    func malformed(_ message: String) -> DecodingFailure {
        .malformedMessage(MalformedInput(offset: cursor, message: message))
    }

    /// What the message in a field stands in.
    @usableFromInline
    struct Outer {
        @usableFromInline let end: Int
        @usableFromInline let firstFault: Int
        @usableFromInline let firstLost: Int

        @inlinable
        init(end: Int, firstFault: Int, firstLost: Int) { (self.end, self.firstFault, self.firstLost) = (end, firstFault, firstLost) }
    }

    /// Enters the message in a field whose length comes next.
    @inlinable
    mutating func enter() throws(DecodingFailure) -> Outer {
        try descend()
        let outer = Outer(end: try narrow(), firstFault: firstFault, firstLost: firstLost)
        (firstFault, firstLost) = (faultCount, lost.count)
        return outer
    }

    /// Leaves the message, whatever was left of it.
    @inlinable
    mutating func leave(to outer: Outer) {
        widen(to: outer.end)
        if lost.count > firstLost { lost.removeSubrange(firstLost...) }
        (firstFault, firstLost) = (outer.firstFault, outer.firstLost)
        depth -= 1
    }

    /// Makes the content of a field, whose length comes next, all that there is to read.
    /// - Returns: where what it stands in ends.
    @inlinable
    mutating func narrow() throws(DecodingFailure) -> Int {
        let length = try length(), outer = end
        end = cursor + length
        return outer
    }

    /// Goes on after the content, whatever was left of it.
    @inlinable
    mutating func widen(to outer: Int) {
        cursor = end
        end = outer
    }

    // MARK: Faults

    /// How many faults were noted so far.
    @inlinable public var faultCount: Int { list.count }

    /// Notes a fault of the value that is being read, or of a field of it.
    public mutating func fault(_ rule: String, _ message: String, field: String? = nil) {
        list.note(rule, message, pointer: field.map(JSONPointer.step) ?? "")
    }

    /// Forgets the faults of what is not looked at any more.
    mutating func dropFaults(since count: Int) { list.drop(since: count) }

    @usableFromInline
    mutating func place(_ count: Int, in step: String) { list.place(count, in: step) }

    /// - Parameter field: empty for what is in a box, which is no step of its own in JSON.
    @usableFromInline
    mutating func place(_ count: Int, in field: StaticString) {
        if field.utf8CodeUnitCount > 0 { place(count, in: "\(field)") }
    }

    /// Whether a field of the message that is being read had a fault.
    @usableFromInline
    func hasFault(in field: StaticString) -> Bool {
        (firstFault..<faultCount).contains { list.isFault($0, in: field) }
    }

    /// Completes the pointers of the faults that a list's element had.
    /// - Parameters:
    ///   - kept: how many elements the list has.
    ///   - isLost: whether the element is none of the list's.
    @usableFromInline
    mutating func place(_ count: Int, inElementAfter kept: Int, isLost: Bool, of field: StaticString) {
        let before = lost(of: field)
        if isLost { noteLost(of: field) }
        place(count, in: String(kept + before))
        place(count, in: field)
    }

    /// How many elements a list of the message that is being read has lost.
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
