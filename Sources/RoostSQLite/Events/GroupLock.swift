import Roost
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The right to be the only reader of a group: an advisory lock on a file (flock(2)), which the operating system releases as soon as its
/// holder dies. No lease has to be renewed or waited for.
final class GroupLock: Sendable {
    private let descriptor: Mutex<Int32?>

    private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

    /// Takes the lock.
    /// - Returns: `nil` if another process holds it.
    /// - Throws: A `ConfigurationError` if the file cannot be created.
    static func take(_ path: String) throws(ConfigurationError) -> GroupLock? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw ConfigurationError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            _ = close(descriptor)
            return nil
        }
        return GroupLock(descriptor)
    }

    func release() {
        descriptor.withLock { held in
            if let number = held { _ = close(number) }
            held = nil
        }
    }

    deinit { release() }
}
