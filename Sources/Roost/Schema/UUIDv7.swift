#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UUID {
    /// A new identifier whose order is that of its making (UUID version 7, RFC 9562 §5.7).
    public static func v7(at date: Date = Date()) -> UUID {
        let milliseconds = UInt64(max(0, date.timeIntervalSince1970 * 1000))
        var generator = SystemRandomNumberGenerator()
        let high = generator.next(), low = generator.next()
        func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        return UUID(
            uuid: (
                byte(milliseconds, 40), byte(milliseconds, 32), byte(milliseconds, 24), byte(milliseconds, 16), byte(milliseconds, 8),
                byte(milliseconds, 0), 0x70 | byte(high, 56) & 0x0F, byte(high, 48), 0x80 | byte(low, 56) & 0x3F, byte(low, 48),
                byte(low, 40), byte(low, 32), byte(low, 24), byte(low, 16), byte(low, 8), byte(low, 0)
            ))
    }

    /// The identifier in lower case, as RFC 9562 §4 wants it written.
    public var text: String { uuidString.lowercased() }
}
