import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that processes write to so that others notice. Its content has no meaning.
final class SignalFile: Sendable {
    private let path: String
    /// Opened for the first signal.
    private let descriptor = Mutex<Int32?>(nil)

    init(_ path: String) { self.path = path }

    /// Calls an action when any process has written to the file.
    /// - Returns: `nil` if the file cannot be watched. Those who wait then notice signals the next time that they look.
    func watch(_ action: @escaping @Sendable () -> Void) -> FileWatch? {
        guard let watcher = FileWatcher.shared, open() != nil else { return nil }
        return watcher.watch(path, for: .written, action)
    }

    /// Signals to other processes. If the signal cannot be written, they notice the change later.
    func write() {
        guard let descriptor = open() else { return }
        var byte: UInt8 = 0
        _ = pwrite(descriptor, &byte, 1, 0)
    }

    private func open() -> Int32? {
        descriptor.withLock { descriptor in
            if descriptor == nil {
                let opened = openFile(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
                descriptor = opened >= 0 ? opened : nil
            }
            return descriptor
        }
    }

    deinit { if let open = descriptor.withLock({ $0 }) { _ = close(open) } }
}
