/// Writes messages of Protocol Buffers (proto3 wire format).
public struct ProtobufWriter: ~Copyable {
    @usableFromInline var output: ByteWriter

    public init() { output = ByteWriter(capacity: 256) }

    /// What was written.
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

    @inlinable
    public mutating func fixed64(_ value: UInt64) { output.append(word: value.littleEndian) }

    @inlinable
    public mutating func fixed32(_ value: UInt32) { output.append(word: value.littleEndian) }

    public mutating func text(_ text: String) { output.append(text) }

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

    /// Writes a tag and, with its length before it, what `write` writes.
    @inlinable
    public mutating func delimited(_ number: Int, _ write: (inout ProtobufWriter) -> Void) {
        tag(number, .delimited)
        let start = beginLength()
        write(&self)
        endLength(start)
    }

    /// Leaves a byte for a length that is not known yet; most are below 128.
    /// - Returns: where the content begins.
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

    /// Moves the content to where there is room for its length.
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

/// Fields. One that must be there is left out where it has its type's default, as proto3 reads it back as that; one that may be missing
/// is written whenever it has a value.
extension ProtobufWriter {
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

    /// Whether the content that was written is that of zero, or of an empty text.
    @inlinable
    func isDefault(_ kind: ProtobufKind, from content: Int) -> Bool {
        switch kind {
        case .varint, .enumeration, .fixed64, .fixed32: isZero(from: content)
        case .text: output.count == content
        case .message, .box: false
        }
    }

    /// Looked at from the end, as the last byte of a number is hardly ever zero if the number is not.
    @inlinable
    func isZero(from content: Int) -> Bool {
        var index = output.count
        while index > content {
            index -= 1
            if output.base[index] != 0 { return false }
        }
        return true
    }

    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ value: Value?) {
        if let value { single(number, value) }
    }

    @inlinable
    public mutating func field<Element: Schema>(_ number: Int, _ values: [Element]) {
        if values.isEmpty { return }
        if Element.protobufKind.isPacked {
            delimited(number) { for value in values { value.encode(to: &$0) } }
        } else {
            for value in values { single(number, value) }
        }
    }

    /// In the keys' order, so that equal dictionaries are equal bytes.
    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ values: [String: Value]) {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            delimited(number) { entry in
                entry.single(1, key)
                entry.single(2, value)
            }
        }
    }

    /// Writes a value that stands alone even where it is a list, a map or optional, and whatever it is: what a case of a choice holds.
    @inlinable
    public mutating func single<Value: Schema>(_ number: Int, _ value: Value) {
        if Value.protobufKind.wireType == .delimited { return delimited(number) { value.encode(to: &$0) } }
        tag(number, Value.protobufKind.wireType)
        value.encode(to: &self)
    }

    /// Writes a field even where it has its type's default.
    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ value: Value) { single(number, value) }

    @inlinable
    public mutating func present<Element: Schema>(_ number: Int, _ values: [Element]) { field(number, values) }

    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ values: [String: Value]) { field(number, values) }
}
