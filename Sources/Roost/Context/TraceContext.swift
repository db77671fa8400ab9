/// The trace that a call belongs to, as W3C Trace Context carries it in `traceparent`.
public struct TraceContext: Hashable, Sendable {
    /// 32 lower-case hexadecimal digits, not all zero.
    public let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero: the caller's span.
    public let spanID: String
    public let isSampled: Bool

    /// Reads a `traceparent` field.
    /// - Returns: `nil` where the field breaks the format (W3C Trace Context §3.2), which means to start anew.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isHex(parts[1], 32), parts[1].contains(where: { $0 != "0" }),
            Self.isHex(parts[2], 16), parts[2].contains(where: { $0 != "0" }),
            Self.isHex(parts[3], 2), let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        traceID = String(parts[1])
        spanID = String(parts[2])
        isSampled = flags & 1 == 1
    }

    private init(traceID: String, spanID: String, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new trace with a first span.
    public static func root() -> TraceContext {
        TraceContext(traceID: hex(IDSource.next(), IDSource.next()), spanID: newSpanID(), isSampled: true)
    }

    /// The same trace, a new span.
    public func child() -> TraceContext { TraceContext(traceID: traceID, spanID: Self.newSpanID(), isSampled: isSampled) }

    /// The field's value.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func newSpanID() -> String { hex(IDSource.next()) }

    /// The numbers' digits, sixteen each.
    private static func hex(_ numbers: UInt64...) -> String {
        String(unsafeUninitializedCapacity: 16 * numbers.count) { text in
            for (index, digit) in text.indices.enumerated() {
                let nibble = UInt8(truncatingIfNeeded: numbers[index / 16] >> UInt64(60 - 4 * (index % 16)) & 0xF)
                text[digit] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
            }
            return text.count
        }
    }

    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
