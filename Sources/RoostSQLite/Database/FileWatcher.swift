import Foundation
import Roost
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Tells when a process has written to a file or closed it; the files of a process that dies are closed too. One thread waits for all watched
/// files (inotify(7)).
final class FileWatcher: Sendable {
    /// A change of a file.
    enum Change {
        case written
        case closed
    }

    /// The watcher of this process; `nil` if the system provides none. Those who watch a file also look at intervals, for changes that were missed.
    static let shared = FileWatcher()

    #if os(Linux)
    private struct Listener {
        let number: Int
        let action: @Sendable () -> Void
    }

    private struct State {
        var listeners: [Int32: [Listener]] = [:]
        var nextNumber = 0
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    private init?() {
        descriptor = inotify_init1(Int32(O_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        let thread = Thread { [self] in serve() }
        thread.name = "files"
        thread.start()
    }

    /// Calls an action after each change, until the watch is released. The file must exist.
    /// - Parameter action: Called on the watcher's thread; it must not block.
    /// - Returns: `nil` if the file cannot be watched.
    func watch(_ path: String, for change: Change, _ action: @escaping @Sendable () -> Void) -> FileWatch? {
        let mask =
            switch change {
            case .written: UInt32(IN_MODIFY)
            case .closed: UInt32(IN_CLOSE_WRITE)
            }
        return state.withLock { state in
            // A file that is watched already has the same descriptor.
            let watch = inotify_add_watch(descriptor, path, mask)
            guard watch >= 0 else { return nil }
            state.nextNumber += 1
            let number = state.nextNumber
            state.listeners[watch, default: []].append(Listener(number: number, action: action))
            return FileWatch { [self] in remove(number, from: watch) }
        }
    }

    private func remove(_ number: Int, from watch: Int32) {
        state.withLock { state in
            state.listeners[watch]?.removeAll { $0.number == number }
            guard state.listeners[watch]?.isEmpty == true else { return }
            state.listeners[watch] = nil
            _ = inotify_rm_watch(descriptor, watch)
        }
    }

    private func serve() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return
            }
            for watch in Self.watches(in: buffer.prefix(count)) { notify(watch) }
        }
    }

    /// The watches of a sequence of `inotify_event`, each once. Some were lost if the kernel's queue was full: then all may have changed.
    private static func watches(in bytes: ArraySlice<UInt8>) -> Set<Int32?> {
        var watches: Set<Int32?> = [], rest = bytes
        while rest.count >= MemoryLayout<inotify_event>.size {
            let event = rest.withUnsafeBytes { $0.loadUnaligned(as: inotify_event.self) }
            watches.insert(event.wd >= 0 ? event.wd : nil)
            rest = rest.dropFirst(MemoryLayout<inotify_event>.size + Int(event.len))
        }
        return watches
    }

    private func notify(_ watch: Int32?) {
        let listeners = state.withLock { state in watch.map { state.listeners[$0] ?? [] } ?? state.listeners.values.flatMap { $0 } }
        for listener in listeners { listener.action() }
    }
    #else
    private init?() { return nil }

    func watch(_ path: String, for change: Change, _ action: @escaping @Sendable () -> Void) -> FileWatch? { nil }
    #endif
}

/// A file that is watched until this is released.
final class FileWatch: Sendable {
    private let end: @Sendable () -> Void

    init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    deinit { end() }
}
