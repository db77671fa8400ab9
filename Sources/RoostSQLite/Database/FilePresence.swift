import Roost
import RoostData
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Holds numbers by locks on the bytes of a file beside the database; the offset of the byte is the number (fcntl(2), "Open file
/// description locks"). This leaves no file behind for each process.
final class FilePresence: DatabasePresence {
    private let path: String
    /// Announces processes that close the file, once `departures()` was called.
    private let watched = Mutex<(notifier: Notifier, watch: FileWatch)?>(nil)

    // F_OFD_GETLK and F_OFD_SETLK are missing from the C library's overlay.
    #if os(Linux)
    private static let getLock: Int32 = 36, setLock: Int32 = 37
    #else
    private static let getLock: Int32 = 92, setLock: Int32 = 90
    #endif

    init(of path: String) { self.path = path + "-presence" }

    func hold(_ number: Int64) throws -> any PresenceHold {
        let descriptor = try open()
        var lock = Self.lock(number)
        guard fcntl(descriptor, Self.setLock, &lock) == 0 else {
            _ = close(descriptor)
            throw DatabaseError(.storage, "\(path) cannot be locked at \(number): \(String(cString: strerror(errno)))")
        }
        return Hold(descriptor, at: number)
    }

    func isHeld(_ number: Int64) throws -> Bool {
        // Closing it must not look like a process that dies.
        let descriptor = try open(O_RDONLY | O_CREAT)
        defer { _ = close(descriptor) }
        var lock = Self.lock(number)
        guard fcntl(descriptor, Self.getLock, &lock) == 0 else {
            throw DatabaseError(.storage, "the locks of \(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        return lock.l_type != Int16(F_UNLCK)
    }

    func departures() -> AsyncStream<Void>? {
        watched.withLock { watched -> Notifier? in
            if let watched { return watched.notifier }
            guard let watcher = FileWatcher.shared, let descriptor = try? open(O_RDONLY | O_CREAT) else { return nil }
            _ = close(descriptor)
            let notifier = Notifier()
            // The system announces that a file is closed shortly before it releases the locks.
            let watch = watcher.watch(path, for: .closed) {
                Task {
                    try? await Task.sleep(for: .milliseconds(20))
                    notifier.notify()
                }
            }
            guard let watch else { return nil }
            watched = (notifier, watch)
            return notifier
        }?.notifications()
    }

    private func open(_ flags: Int32 = O_RDWR | O_CREAT) throws(DatabaseError) -> Int32 {
        let descriptor = openFile(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DatabaseError(.file, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private static func lock(_ number: Int64) -> flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(number)
        lock.l_len = 1
        return lock
    }

    private final class Hold: PresenceHold {
        private let descriptor: Mutex<Int32?>
        private let number: Int64

        init(_ descriptor: Int32, at number: Int64) {
            self.descriptor = Mutex(descriptor)
            self.number = number
        }

        func release() {
            descriptor.withLock { held in
                guard let open = held else { return }
                // Closing the descriptor is not enough: a process that another thread is starting has a copy of it until it runs its program.
                var lock = FilePresence.lock(number)
                lock.l_type = Int16(F_UNLCK)
                _ = fcntl(open, FilePresence.setLock, &lock)
                _ = close(open)
                held = nil
            }
        }

        deinit { release() }
    }
}

/// `open(2)`, for types that have a function of this name.
func openFile(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
