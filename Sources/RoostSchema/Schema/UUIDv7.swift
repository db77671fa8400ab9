import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UUID {
    /// A new identifier whose order is that of its making (UUID version 7, RFC 9562 §5.7): each is greater than all that this process made
    /// before, on whatever thread, within one millisecond, and when the clock is set back.
    public static func v7() -> UUID {
        let now = UUIDv7Sequence.milliseconds(of: Date())
        return UUIDv7Sequence.process.withLock { $0.next(at: now) }
    }

    /// A new identifier that holds this time, which need not be now. Those of one millisecond have no order.
    public static func v7(at date: Date) -> UUID {
        var sequence = UUIDv7Sequence()
        return sequence.next(at: UUIDv7Sequence.milliseconds(of: date))
    }

    /// The identifier in lower case, as RFC 9562 §4 wants it written.
    public var text: String { uuidString.lowercased() }
}

/// Identifiers that grow: a counter of 26 bits follows the time (RFC 9562 §6.2, "Fixed Bit-Length Dedicated Counter"), and what is left
/// of the identifier, 48 bits, is random in each.
///
/// In each new millisecond the counter begins anew at random, its highest bit 0, so that 2^25 numbers are left of it.
/// Where they are used up, or where the clock goes back, the identifiers' time goes on before the clock's.
struct UUIDv7Sequence: Sendable {
    /// That of `UUID.v7()`.
    static let process = Mutex(UUIDv7Sequence())

    private var milliseconds: UInt64
    private var counter: UInt64?

    /// - Parameters:
    ///   - milliseconds: the time of the last identifier.
    ///   - counter: its number; `nil` where there was none.
    init(milliseconds: UInt64 = 0, counter: UInt64? = nil) { (self.milliseconds, self.counter) = (milliseconds, counter) }

    static func milliseconds(of date: Date) -> UInt64 {
        // The bound stands first as `max` then takes it for NaN.
        UInt64(min(max(0, date.timeIntervalSince1970 * 1000), 281_474_976_710_655))
    }

    /// - Parameter now: milliseconds since the epoch, of which the identifier holds 48 bits.
    mutating func next(at now: UInt64, using generator: inout some RandomNumberGenerator) -> UUID {
        if let counter, now <= milliseconds, counter < Self.lastCount {
            self.counter = counter + 1
        } else {
            milliseconds = counter == nil ? now : max(now, milliseconds + 1)
            // 25 of the 26 bits.
            counter = generator.next() >> 39
        }
        return identifier(counter ?? 0, random: generator.next())
    }

    mutating func next(at now: UInt64) -> UUID {
        var generator = SystemRandomNumberGenerator()
        return next(at: now, using: &generator)
    }

    private static let lastCount: UInt64 = 1 << 26 - 1

    private func identifier(_ counter: UInt64, random: UInt64) -> UUID {
        func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
        return UUID(
            uuid: (
                byte(milliseconds, 40), byte(milliseconds, 32), byte(milliseconds, 24), byte(milliseconds, 16), byte(milliseconds, 8),
                byte(milliseconds, 0), 0x70 | byte(counter, 22), byte(counter, 14), 0x80 | byte(counter, 8) & 0x3F, byte(counter, 0),
                byte(random, 40), byte(random, 32), byte(random, 24), byte(random, 16), byte(random, 8), byte(random, 0)
            ))
    }
}
