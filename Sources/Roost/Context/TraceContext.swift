/// The position of a call in its trace, as W3C Trace Context carries it in `traceparent`.
///
/// If the program has bootstrapped a tracer, this identifies the tracer's span. Otherwise Roost begins a trace for each request, so that
/// the log lines of its calls can be found together.
public struct TraceContext: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64
    private let span: UInt64
    /// Whether the caller may have recorded its part of the trace.
    public let isSampled: Bool

    /// Reads a `traceparent` field.
    /// - Returns: `nil` if the field is invalid (W3C Trace Context §3.2), in which case a new trace begins.
    public init?(traceparent: String) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, Self.isHex(parts[0], 2), parts[0] != "ff", parts[0] != "00" || parts.count == 4,
            Self.isHex(parts[1], 32), Self.isHex(parts[2], 16), Self.isHex(parts[3], 2),
            let high = UInt64(parts[1].prefix(16), radix: 16), let low = UInt64(parts[1].suffix(16), radix: 16), high | low != 0,
            let span = UInt64(parts[2], radix: 16), span != 0, let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        self.init(high: high, low: low, span: span, isSampled: flags & 1 == 1)
    }

    private init(high: UInt64, low: UInt64, span: UInt64, isSampled: Bool) {
        self.high = high
        self.low = low
        self.span = span
        self.isSampled = isSampled
    }

    /// Returns a new trace with a first span.
    public static func root() -> TraceContext {
        let (high, low, span) = IDSource.nextThree()
        return TraceContext(high: high, low: low, span: span, isSampled: true)
    }

    /// Returns a new span of the same trace.
    public func child() -> TraceContext { TraceContext(high: high, low: low, span: IDSource.next(), isSampled: isSampled) }

    /// 32 lower-case hexadecimal digits, not all zero.
    public var traceID: String { Self.hex(high, low) }

    /// 16 lower-case hexadecimal digits, not all zero.
    public var spanID: String { Self.hex(span) }

    /// The field's value.
    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

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
