/// The header fields of a message, in the order in which they were written (RFC 9110 §5). Names are compared without regard to case.
public struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    /// Every field line, in order.
    public private(set) var fields: [(name: String, value: String)]

    /// Creates header fields from lines, in this order.
    public init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

    /// Creates header fields from a literal, in its order. A name may occur more than once.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0, value: $1) }
    }

    /// The first value of a field. Setting a value replaces every line with the name; setting `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.same($0.name, name) }?.value }
        set {
            if fields.contains(where: { Self.same($0.name, name) }) { fields.removeAll { Self.same($0.name, name) } }
            if let newValue { fields.append((name, newValue)) }
        }
    }

    /// Returns every value of a field, in order.
    public func values(_ name: String) -> [String] {
        fields.filter { Self.same($0.name, name) }.map(\.value)
    }

    /// Returns the value of a field: the values of its lines joined with commas, which is equivalent (RFC 9110 §5.2); `nil` if there is
    /// none.
    public func combined(_ name: String) -> String? {
        guard let first = fields.firstIndex(where: { Self.same($0.name, name) }) else { return nil }
        guard fields[(first + 1)...].contains(where: { Self.same($0.name, name) }) else { return fields[first].value }
        return values(name).joined(separator: ", ")
    }

    /// Adds a line, and keeps those with the same name.
    public mutating func add(_ name: String, _ value: String) { fields.append((name, value)) }

    /// Reserves storage for this many lines.
    public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

    /// Compares two field names as RFC 9110 §5.1 asks: ASCII letters in either case are the same.
    @usableFromInline static func same(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        // Every request looks up several fields, and iterators of strings take ten times as long as bytes.
        var left = a, right = b
        return left.withUTF8 { left in right.withUTF8 { right in same(left, right) } }
    }

    private static func same(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        for index in left.indices {
            let one = left[index], other = right[index]
            guard one == other || ((one | 0x20) == (other | 0x20) && (one | 0x20) &- 0x61 < 26) else { return false }
        }
        return true
    }
}
