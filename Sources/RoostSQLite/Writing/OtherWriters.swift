#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whether other processes write to the same file. They look for their turn now and then, and would hardly ever have it if this process took
/// the next one immediately after each.
struct OtherWriters {
    private var version: Int64?
    private var seen: ContinuousClock.Instant?
    private var lastPause = ContinuousClock.now

    /// How long others are remembered.
    private static let memory = Duration.seconds(1)
    private static let interval = Duration.milliseconds(20)
    /// The length of a pause, in microseconds.
    private static let pause: UInt32 = 1200

    /// Records that another process had its turn.
    mutating func wereSeen() { seen = .now }

    /// Compares the file's version with the last one.
    mutating func look(at version: Int64) {
        if let last = self.version, last != version { wereSeen() }
        self.version = version
    }

    /// Waits briefly if others were seen recently, at most once per interval.
    mutating func pause() {
        let now = ContinuousClock.now
        guard let seen, now - seen < Self.memory, now - lastPause > Self.interval else { return }
        usleep(Self.pause)
        lastPause = .now
    }
}
