/// Writes messages of Protocol Buffers (proto3 wire format).
public struct ProtobufWriter: ~Copyable {
    @usableFromInline var output: ByteWriter

    /// Creates a writer without content.
    public init() { output = ByteWriter(capacity: 256) }

    /// The bytes written.
    public var bytes: [UInt8] { Array(output.written) }

    /// Writes a number in groups of seven bits, the lowest first.
    @inlinable
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a number as eight bytes, the lowest first.
    @inlinable
    public mutating func fixed64(_ value: UInt64) { output.append(word: value.littleEndian) }

    /// Writes a number as four bytes, the lowest first.
    @inlinable
    public mutating func fixed32(_ value: UInt32) { output.append(word: value.littleEndian) }

    /// Writes text as UTF-8, without a tag or a length.
    public mutating func text(_ text: String) { output.append(text) }

    /// Writes a field's tag: its number and its wire type.
    @inlinable
    public mutating func tag(_ number: Int, _ type: ProtobufWireType) {
        varint(UInt64(truncatingIfNeeded: number) << 3 | UInt64(type.rawValue))
    }

    /// Writes bytes as a field.
    public mutating func field(_ number: Int, bytes content: [UInt8]) {
        tag(number, .delimited)
        varint(UInt64(content.count))
        content.withUnsafeBufferPointer { output.append($0) }
    }

    /// Writes a tag, and the content that a closure writes with its length before it.
    @inlinable
    public mutating func delimited(_ number: Int, _ write: (inout ProtobufWriter) -> Void) {
        tag(number, .delimited)
        let start = beginLength()
        write(&self)
        endLength(start)
    }

    /// Reserves a byte for a length that is not known yet; most are below 128.
    /// - Returns: The start of the content.
    @inlinable
    mutating func beginLength() -> Int {
        output.append(0)
        return output.count
    }

    @inlinable
    mutating func endLength(_ start: Int) {
        let length = output.count - start
        if length < 0x80 { output.base[start - 1] = UInt8(truncatingIfNeeded: length) } else { widenLength(length, from: start) }
    }

    /// Moves the content to make space for its length.
    @usableFromInline
    mutating func widenLength(_ length: Int, from start: Int) {
        let more = (Int.bitWidth - length.leadingZeroBitCount - 1) / 7
        output.reserve(more)
        (output.base + start + more).update(from: output.base + start, count: length)
        output.count = start - 1
        varint(UInt64(length))
        output.count += length
    }
}

/// Writes fields. A required field is omitted if it has the default of its type, as which proto3 reads it back. An optional one is written
/// if it has a value.
extension ProtobufWriter {
    /// Writes a field, unless its value is the default of its type.
    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ value: Value) {
        let start = output.count
        tag(number, Value.protobufKind.wireType)
        let content = Value.protobufKind.wireType == .delimited ? beginLength() : output.count
        value.encode(to: &self)
        if isDefault(Value.protobufKind, from: content) {
            output.count = start
        } else if Value.protobufKind.wireType == .delimited {
            endLength(content)
        }
    }

    /// Returns whether the content that was written is that of zero or of an empty text.
    @inlinable
    func isDefault(_ kind: ProtobufKind, from content: Int) -> Bool {
        switch kind {
        case .varint, .enumeration, .fixed64, .fixed32: isZero(from: content)
        case .text: output.count == content
        case .message, .box: false
        }
    }

    /// Checks from the end, because the last byte of a number is rarely zero unless the number is.
    @inlinable
    func isZero(from content: Int) -> Bool {
        var index = output.count
        while index > content {
            index -= 1
            if output.base[index] != 0 { return false }
        }
        return true
    }

    /// Writes a field, unless its value is `nil`.
    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ value: Value?) {
        if let value { single(number, value) }
    }

    /// Writes the elements of a list, packed if they are numbers.
    @inlinable
    public mutating func field<Element: Schema>(_ number: Int, _ values: [Element]) {
        if values.isEmpty { return }
        if Element.protobufKind.isPacked {
            delimited(number) { for value in values { value.encode(to: &$0) } }
        } else {
            for value in values { single(number, value) }
        }
    }

    /// Writes the entries in the order of their keys, so that equal dictionaries have equal bytes.
    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ values: [String: Value]) {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            delimited(number) { entry in
                entry.single(1, key)
                entry.single(2, value)
            }
        }
    }

    /// Writes a value by itself, even if it is a default, a list, a map or optional, such as the payload of a case.
    @inlinable
    public mutating func single<Value: Schema>(_ number: Int, _ value: Value) {
        if Value.protobufKind.wireType == .delimited { return delimited(number) { value.encode(to: &$0) } }
        tag(number, Value.protobufKind.wireType)
        value.encode(to: &self)
    }

    /// Writes a field, even if it has the default of its type.
    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ value: Value) { single(number, value) }

    /// Writes the elements of a list. An empty list has no encoding, so nothing is written for it.
    @inlinable
    public mutating func present<Element: Schema>(_ number: Int, _ values: [Element]) { field(number, values) }

    /// Writes the entries of a map. An empty map has no encoding, so nothing is written for it.
    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ values: [String: Value]) { field(number, values) }
}
