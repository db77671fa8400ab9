/// Reads JSON (RFC 8259) in one pass directly into values, without a tree in between.
///
/// Text that is not JSON throws immediately, because nothing after it can be trusted. A value that violates a rule is recorded as a fault
/// and skipped, and reading continues, so that every fault of a document is found. The place of a fault is recorded as an offset, whose
/// JSON pointer is determined after reading.
///
/// If an object has a key twice, the second value is refused. Unknown keys are skipped, even if they occur twice: their values must be
/// JSON, and are ignored.
public struct JSONReader: FaultRecorder {
    @usableFromInline let base: UnsafePointer<UInt8>
    @usableFromInline let end: Int
    @usableFromInline var cursor = 0
    @usableFromInline var needsComma = false
    @usableFromInline var depth = 0
    /// Whether the current key begins at the cursor, after its quote, and has yet to be consumed.
    @usableFromInline var keyIsOpen = false
    /// Whether a text that was read contains the character U+0000, which can only come from an escape. The code that uses the text checks
    /// it.
    var hasNull = false
    private(set) var faults: [LocatedFault] = []
    private var unescapedKeys: [UnescapedKey] = []

    /// The largest depth of arrays and objects.
    @inlinable public static var maximumDepth: Int { 128 }
    /// The largest number of recorded faults. A document with more is reported with these.
    public static let maximumFaults = 1000

    /// Creates a reader.
    /// - Parameter bytes: The text, which must outlive the reader.
    @usableFromInline
    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        // An empty buffer may have no address. Nothing is read through this one, because `end` is 0.
        base = bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        end = bytes.count
    }

    // MARK: Bytes

    /// Returns the next byte that is not white space, without consuming it; 0 at the end, which no JSON text may contain.
    @inlinable
    mutating func peek() -> UInt8 {
        while cursor < end {
            let byte = base[cursor]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            cursor += 1
        }
        return 0
    }

    /// Returns the offset of the next value.
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
    /// - Returns: The object's offset; `nil` after recording a fault and skipping the value, if it is something else.
    @inlinable
    public mutating func beginObject() throws(DecodingFailure) -> Int? {
        guard peek() == UInt8(ascii: "{") else {
            try mismatch("must be an object")
            return nil
        }
        try descend()
        return cursor - 1
    }

    /// Returns the next key of the current object, and consumes it with its colon; `nil` at the object's end.
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

    /// Returns the next key of the current object, which `field` or `skipField` must consume; `nil` at the object's end.
    ///
    /// If no white space precedes the key, as is usual, it is only read up to its quote, because comparing it with the names of a type is
    /// cheaper than finding its end.
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
    /// - Returns: The array's offset; `nil` after recording a fault and skipping the value, if it is something else.
    @inlinable
    public mutating func beginArray() throws(DecodingFailure) -> Int? {
        guard peek() == UInt8(ascii: "[") else {
            try mismatch("must be an array")
            return nil
        }
        try descend()
        return cursor - 1
    }

    /// Returns whether the current array has another element, which is then next.
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

    /// Consumes `null`, if it comes next.
    public mutating func takeNull() throws(DecodingFailure) -> Bool {
        guard peek() == UInt8(ascii: "n") else { return false }
        try expect("null")
        return true
    }

    /// Checks that only white space is left.
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

    /// Records a fault.
    /// - Parameters:
    ///   - rule: The violated rule, in a word.
    ///   - message: What the value must be, for a person.
    ///   - offset: The offset of the value.
    public mutating func fault(_ rule: String, _ message: String, at offset: Int) { fault(rule, message, at: offset, pointer: "") }

    /// Records a fault of a part of a value.
    /// - Parameters:
    ///   - rule: The violated rule, in a word.
    ///   - message: What the part must be, for a person.
    ///   - offset: The offset of the value.
    ///   - pointer: A JSON pointer from the value to the faulty or missing part.
    mutating func fault(_ rule: String, _ message: String, at offset: Int, pointer: String) {
        guard faults.count < Self.maximumFaults else { return }
        faults.append(LocatedFault(offset: offset, pointer: pointer, rule: rule, message: message))
    }

    /// Returns `false`: a value that was read is complete, because one with a lost part is not returned.
    @inlinable
    public func isPartial(at offset: Int) -> Bool { false }

    /// Records that a required field is missing.
    public mutating func missing(_ field: StaticString, of object: Int) {
        fault("required", "is required", at: object, pointer: JSONPointer.step("\(field)"))
    }

    /// Consumes the key from `peekKey` as the name of a field, whose value comes next.
    /// - Parameters:
    ///   - index: The field's index in its type, from 0 to 127.
    ///   - name: The field's name.
    ///   - seen: The fields of the object that have occurred.
    /// - Returns: The offset of the value.
    /// - Throws: A `DecodingFailure` if the field has already occurred.
    @inlinable @discardableResult
    public mutating func field(_ index: Int, _ name: StaticString, _ seen: inout JSONFields) throws(DecodingFailure) -> Int {
        if keyIsOpen {
            // Including its quote and its colon.
            cursor += name.utf8CodeUnitCount + 2
            keyIsOpen = false
        }
        guard seen.insert(index) else { throw duplicate("\(name)") }
        return position()
    }

    /// Skips the field whose key `peekKey` returned, because its name is unknown. A key whose end has not been searched for is returned
    /// again in full, because it may be another spelling of a name.
    public mutating func skipField() throws(DecodingFailure) {
        if keyIsOpen { cursor -= 1 } else { try skipValue() }
    }

    /// Records a fault if an object did not have this field.
    @inlinable
    public mutating func require(_ index: Int, _ name: StaticString, of object: Int, _ seen: JSONFields) {
        if !seen.contains(index) { missing(name, of: object) }
    }

    /// The error of a key that an object has twice. Which of the two counts would depend on the reader (RFC 8259 §4).
    public func duplicate(_ name: String) -> DecodingFailure { malformed("the key \(name) occurs twice") }

    /// Records that the next value has the wrong type, and skips it.
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
