import Roost
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The right to write to a database file, among all processes: an advisory lock (flock(2)) on a file beside it, which the operating system
/// releases when its holder dies.
///
/// SQLite has such a lock as well, but a checkpoint continues without it if it cannot get it. Behind this lock it always gets it, so that
/// no checkpoint runs during a commit (see `WriteAheadLog`). The database file itself must not be opened for this lock, because closing it
/// would release SQLite's own locks (https://www.sqlite.org/howtocorrupt.html, §2.2).
final class WriterLock: Sendable {
    private let descriptor: Int32

    /// Creates the lock of a database file.
    /// - Throws: A `ConfigurationError` if the lock file cannot be created.
    init(of path: String) throws(ConfigurationError) {
        let path = path + "-writer"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ConfigurationError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    }

    /// Waits for the lock, blocking the thread.
    /// - Parameter mayWait: Called after each attempt with its number, from 0. It waits briefly, or returns `false` to stop.
    /// - Returns: Whether the lock was acquired.
    func take(while mayWait: (Int) -> Bool) -> Bool {
        var tries = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, mayWait(tries) else { return false }
            tries += 1
        }
        return true
    }

    func release() { _ = flock(descriptor, LOCK_UN) }

    deinit { _ = close(descriptor) }
}
