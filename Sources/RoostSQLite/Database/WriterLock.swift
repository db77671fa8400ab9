import Roost
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The turn to write to a database file, among all processes: an advisory lock (flock(2)) on a file beside it, which the system takes
/// back when its holder dies.
///
/// SQLite has such a lock of its own, and a checkpoint that doesn't get that one goes on without it. Behind this one it always gets it,
/// so no checkpoint ever runs beside a commit (see `WriteAheadLog`). The database file itself must not be opened for it: closing it
/// would drop SQLite's own locks (https://www.sqlite.org/howtocorrupt.html, §2.2).
final class WriterLock: Sendable {
    private let descriptor: Int32

    /// - Throws: a `ConfigurationError` where the file cannot be made.
    init(of path: String) throws(ConfigurationError) {
        let path = path + "-writer"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ConfigurationError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    }

    /// Waits for the turn, blocking the thread.
    /// - Parameter isPatient: asked after each try with its number, from 0; waits a little, or returns `false` to give up.
    /// - Returns: whether the turn came.
    func take(while isPatient: (Int) -> Bool) -> Bool {
        var tries = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, isPatient(tries) else { return false }
            tries += 1
        }
        return true
    }

    func release() { _ = flock(descriptor, LOCK_UN) }

    deinit { _ = close(descriptor) }
}
