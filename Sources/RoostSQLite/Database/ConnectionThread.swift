import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection and the only thread that uses it.
final class ConnectionThread: Sendable {
    let connection: SQLiteConnection
    private let identity: UInt
    private let wakes = DispatchSemaphore(value: 0)

    /// Makes the calling thread the thread of the connection.
    init(_ connection: SQLiteConnection) {
        self.connection = connection
        identity = Self.current
    }

    /// Whether the calling thread is this one.
    var isCurrent: Bool { identity == Self.current }

    /// Waits for one `wake()`. Only the thread itself parks, and tells beforehand who is to wake it.
    func park() { wakes.wait() }

    func wake() { wakes.signal() }

    private static var current: UInt {
        #if canImport(Glibc)
        UInt(pthread_self())
        #else
        UInt(bitPattern: pthread_self())
        #endif
    }
}
