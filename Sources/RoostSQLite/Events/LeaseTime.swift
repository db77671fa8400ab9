import Roost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The time by which the leases of the embedded bus expire, in milliseconds: the time since the machine was started, which is the same for all
/// processes and is never set back. A lease from before a restart of the machine belongs to a process that no longer lives, which
/// `DatabasePresence` notices.
struct LeaseTime {
    private let clock: any ServiceClock

    init(_ clock: any ServiceClock) { self.clock = clock }

    var now: Int64 {
        guard clock is WallClock else { return Int64(clock.uptime / .milliseconds(1)) }
        var time = timespec()
        #if os(Linux)
        clock_gettime(CLOCK_BOOTTIME, &time)
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
