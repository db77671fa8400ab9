import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension UUID {
    /// Returns a new identifier (UUID version 7, RFC 9562 §5.7) that is greater than all that this process created before, in any thread,
    /// within one millisecond, and even if the clock was set back.
    public static func v7() -> UUID {
        let now = UUIDv7Sequence.milliseconds(of: Date())
        return UUIDv7Sequence.process.withLock { $0.next(at: now) }
    }

    /// Returns a new identifier with a given time, which need not be now. Identifiers of the same millisecond have no order.
    public static func v7(at date: Date) -> UUID {
        var sequence = UUIDv7Sequence()
        return sequence.next(at: UUIDv7Sequence.milliseconds(of: date))
    }
}

/// A sequence of increasing identifiers: a 26-bit counter follows the time (RFC 9562 §6.2, "Fixed Bit-Length Dedicated Counter"), and the
/// remaining 48 bits are random in each.
///
/// In each new millisecond the counter begins at a random number whose highest bit is 0, so that 2^25 numbers are left. If they are used
/// up, or the clock goes back, the time in the identifiers runs ahead of the clock.
struct UUIDv7Sequence: Sendable {
    /// The sequence of `UUID.v7()`.
    static let process = Mutex(UUIDv7Sequence())

    private var milliseconds: UInt64
    private var counter: UInt64?

    /// Creates a sequence.
    /// - Parameters:
    ///   - milliseconds: The time of the last identifier.
    ///   - counter: The number of the last identifier; `nil` if there was none.
    init(milliseconds: UInt64 = 0, counter: UInt64? = nil) { (self.milliseconds, self.counter) = (milliseconds, counter) }

    static func milliseconds(of date: Date) -> UInt64 {
        // The bound comes first because `max` then returns it for NaN.
        UInt64(min(max(0, date.timeIntervalSince1970 * 1000), 281_474_976_710_655))
    }

    /// Returns the next identifier.
    /// - Parameters:
    ///   - now: The milliseconds since the epoch, of which the identifier contains 48 bits.
    ///   - generator: The source of random numbers.
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
