/// Writes messages of Protocol Buffers (proto3 wire format).
public struct ProtobufWriter: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8] = []

    public init() { bytes.reserveCapacity(256) }

    /// Writes a number in groups of seven bits, the lowest first.
    @inlinable
    public mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    public mutating func fixed64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

    public mutating func fixed32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

    public mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    @inlinable
    public mutating func tag(_ number: Int, _ type: ProtobufWireType) {
        varint(UInt64(truncatingIfNeeded: number) << 3 | UInt64(type.rawValue))
    }

    @usableFromInline
    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Writes bytes as a field.
    public mutating func field(_ number: Int, bytes content: some Collection<UInt8>) {
        tag(number, .delimited)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
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
    @usableFromInline
    mutating func beginLength() -> Int {
        bytes.append(0)
        return bytes.count
    }

    @usableFromInline
    mutating func endLength(_ start: Int) {
        let length = bytes.count - start
        guard length >= 0x80 else {
            bytes[start - 1] = UInt8(truncatingIfNeeded: length)
            return
        }
        var prefix = ProtobufWriter(capacity: 10)
        prefix.varint(UInt64(length))
        bytes.replaceSubrange((start - 1)..<start, with: prefix.bytes)
    }

    private init(capacity: Int) { bytes.reserveCapacity(capacity) }
}

/// Fields. One that must be there is left out where it has its type's default, as proto3 reads it back as that; one that may be missing
/// is written whenever it has a value.
extension ProtobufWriter {
    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ value: Value) {
        let start = mark
        tag(number, Value.protobufKind.wireType)
        let content: Int
        if Value.protobufKind.wireType == .delimited {
            content = beginLength()
            value.encode(to: &self)
            if Value.protobufKind == .text, mark == content { return cut(to: start) }
            endLength(content)
        } else {
            content = mark
            value.encode(to: &self)
            if isZero(from: content) { cut(to: start) }
        }
    }

    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ value: Value?) {
        if let value { present(number, value) }
    }

    @inlinable
    public mutating func field<Element: Schema>(_ number: Int, _ values: [Element]) {
        if values.isEmpty { return }
        if Element.protobufKind.isPacked {
            delimited(number) { for value in values { value.encode(to: &$0) } }
        } else {
            for value in values { present(number, value) }
        }
    }

    /// In the keys' order, so that equal dictionaries are equal bytes.
    @inlinable
    public mutating func field<Value: Schema>(_ number: Int, _ values: [String: Value]) {
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            delimited(number) { entry in
                entry.present(1, key)
                entry.present(2, value)
            }
        }
    }

    /// Writes a field even where it has its type's default.
    @inlinable
    public mutating func present<Value: Schema>(_ number: Int, _ value: Value) {
        if Value.protobufKind.wireType == .delimited { return delimited(number) { value.encode(to: &$0) } }
        tag(number, Value.protobufKind.wireType)
        value.encode(to: &self)
    }

    @usableFromInline var mark: Int { bytes.count }
    @usableFromInline mutating func cut(to mark: Int) { bytes.removeSubrange(mark...) }
    @usableFromInline func isZero(from mark: Int) -> Bool { bytes[mark...].allSatisfy { $0 == 0 } }
}
