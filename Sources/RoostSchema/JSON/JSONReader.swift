/// Reads JSON (RFC 8259) in one pass, straight into values: no tree in between.
///
/// Text that is not JSON is thrown at once, as nothing after it can be trusted. A value that breaks a rule is noted, skipped,
/// and reading goes on, so that every fault of a document is found in one go. Where a fault is, is noted as an offset;
/// its JSON pointer is found only once the reading is over.
///
/// A key that an object has twice is refused where its value is read. Keys that a type does not know are passed over, once or twice:
/// their values must be JSON, and count for nothing.
public struct JSONReader: FaultRecorder {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: Int
    @usableFromInline var cursor = 0
    @usableFromInline var needsComma = false
    @usableFromInline var depth = 0
    /// Whether the key that was told of begins at the cursor, past its quote, and has yet to be taken.
    @usableFromInline var keyIsOpen = false
    /// Whether a text that was read has the character U+0000, which can only have come as an escape; whoever takes the text takes note.
    var hasNull = false
    private(set) var faults: [LocatedFault] = []
    private var unescapedKeys: [UnescapedKey] = []

    /// How deep arrays and objects may be nested.
    @inlinable public static var maximumDepth: Int { 128 }
    /// How many faults are noted; a document with more is reported with these.
    public static let maximumFaults = 1000

    /// - Parameter bytes: must outlive the reader.
    @usableFromInline
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address; nothing is read through this one, as `end` is 0.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    // MARK: Bytes

    /// The next byte that is not white space, without taking it; 0 at the end (which no JSON text may contain).
    @inlinable
    mutating func peek() -> UInt8 {
        while cursor < end {
            let byte = base[cursor]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            cursor += 1
        }
        return 0
    }

    /// The offset of the next value.
    @inlinable
    public mutating func position() -> Int {
        _ = peek()
        return cursor
    }

    @usableFromInline
    func malformed(_ message: String) -> DecodingFailure {
        .malformed(MalformedInput(offset: cursor, message: message))
    }

    @usableFromInline var tooDeep: DecodingFailure { malformed("nested deeper than \(Self.maximumDepth)") }

    // MARK: Objects

    /// Enters an object.
    /// - Returns: the object's offset; `nil` where the value is something else, which is then noted and skipped.
    @inlinable
    public mutating func beginObject() throws(DecodingFailure) -> Int? {
        guard peek() == UInt8(ascii: "{") else {
            try mismatch("must be an object")
            return nil
        }
        try descend()
        return cursor - 1
    }

    /// The next key of the object that was entered, past its colon; `nil` at the object's end.
    public mutating func nextKey() throws(DecodingFailure) -> JSONKey? {
        var byte = peek()
        if byte == UInt8(ascii: "}") {
            ascend()
            return nil
        }
        if needsComma {
            guard byte == UInt8(ascii: ",") else { throw malformed("expected , or }") }
            cursor += 1
            byte = peek()
        }
        guard byte == UInt8(ascii: "\"") else { throw malformed(needsComma ? "expected a key after ," : "expected a key") }
        let key = try readKey()
        try takeColon()
        return key
    }

    /// The next key of the object that was entered, for `field` or `skipField` to take; `nil` at the object's end.
    ///
    /// Where it stands as programs write it, with no white space before it, it is read no further than to its quote: to compare it with
    /// the names that a type has is less than to find its end.
    @inlinable
    public mutating func peekKey() throws(DecodingFailure) -> JSONKey? {
        let start = needsComma ? cursor + 1 : cursor
        guard start < end, !needsComma || base[cursor] == UInt8(ascii: ","), base[start] == UInt8(ascii: "\"") else {
            return try wholeKey()
        }
        cursor = start + 1
        keyIsOpen = true
        needsComma = true
        return JSONKey(start: base + cursor, count: end - cursor, isOpen: true)
    }

    @usableFromInline
    mutating func wholeKey() throws(DecodingFailure) -> JSONKey? {
        guard keyIsOpen else { return try nextKey() }
        keyIsOpen = false
        let key = try readKey()
        try takeColon()
        return key
    }

    // MARK: Arrays

    /// Enters an array.
    /// - Returns: the array's offset; `nil` where the value is something else, which is then noted and skipped.
    @inlinable
    public mutating func beginArray() throws(DecodingFailure) -> Int? {
        guard peek() == UInt8(ascii: "[") else {
            try mismatch("must be an array")
            return nil
        }
        try descend()
        return cursor - 1
    }

    /// Whether the array that was entered has another element, which is then next to be read.
    @inlinable
    public mutating func nextElement() throws(DecodingFailure) -> Bool {
        let byte = peek()
        if byte == UInt8(ascii: "]") {
            ascend()
            return false
        }
        if needsComma {
            guard byte == UInt8(ascii: ",") else { throw malformed("expected , or ]") }
            cursor += 1
            guard peek() != UInt8(ascii: "]") else { throw malformed("expected a value after ,") }
        }
        needsComma = true
        return true
    }

    @inlinable
    mutating func descend() throws(DecodingFailure) {
        guard depth < Self.maximumDepth else { throw tooDeep }
        depth += 1
        cursor += 1
        needsComma = false
    }

    @inlinable
    mutating func ascend() {
        depth -= 1
        cursor += 1
        needsComma = true
    }

    /// Takes `null` if that is next.
    public mutating func takeNull() throws(DecodingFailure) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try expect("null")
        return true
    }

    /// Nothing but white space may be left.
    @usableFromInline
    mutating func expectEnd() throws(DecodingFailure) {
        guard peek() == 0, cursor == end else { throw malformed("expected the end of the text") }
    }

    mutating func expect(_ word: StaticString) throws(DecodingFailure) {
        let count = word.utf8CodeUnitCount
        guard end - cursor >= count else { throw malformed("expected \(word)") }
        for index in 0..<count where base[cursor + index] != word.utf8Start[index] { throw malformed("expected \(word)") }
        cursor += count
    }

    // MARK: Faults

    /// Notes a fault.
    /// - Parameters:
    ///   - offset: where the value begins.
    public mutating func fault(_ rule: String, _ message: String, at offset: Int) { fault(rule, message, at: offset, pointer: "") }

    /// Notes a fault of something in a value.
    /// - Parameters:
    ///   - offset: where the value begins.
    ///   - pointer: a JSON pointer from the value to what has the fault, or is not there.
    mutating func fault(_ rule: String, _ message: String, at offset: Int, pointer: String) {
        guard faults.count < Self.maximumFaults else { return }
        faults.append(LocatedFault(offset: offset, pointer: pointer, rule: rule, message: message))
    }

    /// A value that was read is whole: one that has lost a part is none.
    @inlinable
    public func isPartial(at offset: Int) -> Bool { false }

    /// Notes that a field which must be there is not.
    public mutating func missing(_ field: StaticString, of object: Int) {
        fault("required", "is required", at: object, pointer: JSONPointer.step("\(field)"))
    }

    /// Takes the key that `peekKey` told of, which is the name of a field whose value then comes next.
    /// - Parameters:
    ///   - index: the field's number in its type, from 0 to 127.
    ///   - seen: the fields that were seen of this object.
    /// - Returns: the value's offset.
    /// - Throws: where the object has had this field already.
    @inlinable @discardableResult
    public mutating func field(_ index: Int, _ name: StaticString, _ seen: inout JSONFields) throws(DecodingFailure) -> Int {
        if keyIsOpen {
            // With its quote and its colon.
            cursor += name.utf8CodeUnitCount + 2
            keyIsOpen = false
        }
        guard seen.insert(index) else { throw duplicate("\(name)") }
        return position()
    }

    /// Passes over the field whose key `peekKey` told of, as its name is not known. A key whose end was not sought yet comes again whole:
    /// it may be a name that is written another way.
    public mutating func skipField() throws(DecodingFailure) {
        if keyIsOpen { cursor -= 1 } else { try skipValue() }
    }

    /// Notes it where an object that is over has not had this field.
    @inlinable
    public mutating func require(_ index: Int, _ name: StaticString, of object: Int, _ seen: JSONFields) {
        if !seen.contains(index) { missing(name, of: object) }
    }

    /// The error of a key that an object has twice. Which of the two counts would depend on the reader (RFC 8259 §4).
    public func duplicate(_ name: String) -> DecodingFailure { malformed("the key \(name) stands twice") }

    /// Notes that the next value is of a wrong type, and skips it.
    public mutating func mismatch(_ message: String, rule: String = "type") throws(DecodingFailure) {
        fault(rule, message, at: position())
        try skipValue()
    }

    // MARK: Keys

    private mutating func takeColon() throws(DecodingFailure) {
        guard peek() == UInt8(ascii: ":") else { throw malformed("expected :") }
        cursor += 1
        needsComma = true
    }

    private mutating func readKey() throws(DecodingFailure) -> JSONKey {
        let start = cursor + 1
        let stop = JSONText.end(in: base, from: start, to: end, stopping: .atSpecialOrLong)
        if stop < end, base[stop] == UInt8(ascii: "\"") {
            cursor = stop + 1
            return JSONKey(start: base + start, count: stop - start, isOpen: false)
        }
        let key = UnescapedKey(try readText())
        hasNull = false
        unescapedKeys.append(key)
        return JSONKey(start: key.start, count: key.count, isOpen: false)
    }
}

/// The bytes of a key that had escapes, or other characters than those of ASCII; kept as long as a reader that has read it.
private final class UnescapedKey {
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

/// A fault, and where in the text it is.
struct LocatedFault {
    /// Where the value begins that has it, or that has in it what has it.
    let offset: Int
    /// From that value to what has the fault.
    let pointer: String
    let rule: String
    let message: String
}
