import Roost
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The right to be the one reader of a group: an advisory lock on a file (flock(2)), which the system takes back at the very moment
/// that its holder dies, however it dies. So there is no lease to renew and no time to wait for.
final class GroupLock: Sendable {
    private let descriptor: Mutex<Int32?>

    private init(_ descriptor: Int32) { self.descriptor = Mutex(descriptor) }

    /// - Returns: `nil` where another holds it.
    /// - Throws: a `ConfigurationError` where the file cannot be made.
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
