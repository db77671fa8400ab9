import Roost
import Synchronization

/// The channels of a database that transactions signal: within this process directly, and in others by a file beside the database.
///
/// The file does not say which channel was signalled, so other processes treat all channels as signalled.
final class SignalChannels: Sendable {
    private struct State {
        var notifiers: [String: Notifier] = [:]
        var watch: FileWatch?
    }

    private let state = Mutex(State())
    private let file: SignalFile

    /// - Parameter path: The path of the database.
    init(of path: String) { file = SignalFile(path + "-signals") }

    /// Returns a stream with an element after each transaction that signalled the channel.
    func notifications(_ channel: String) -> AsyncStream<Void> {
        state.withLock { state in
            let notifier = state.notifiers[channel] ?? Notifier()
            state.notifiers[channel] = notifier
            if state.watch == nil { state.watch = file.watch { [weak self] in self?.notifyAll() } }
            return notifier
        }.notifications()
    }

    /// Wakes those who listen to one of the channels.
    func notify(_ channels: Set<String>) {
        guard !channels.isEmpty else { return }
        for notifier in state.withLock({ state in channels.compactMap { state.notifiers[$0] } }) { notifier.notify() }
        file.write()
    }

    private func notifyAll() {
        for notifier in state.withLock({ Array($0.notifiers.values) }) { notifier.notify() }
    }
}

/// The channels that a transaction signals when it is committed.
final class PendingSignals: Sendable {
    private let names = Mutex<Set<String>>([])

    var channels: Set<String> { names.withLock { $0 } }

    func add(_ channel: String) { _ = names.withLock { $0.insert(channel) } }
}
