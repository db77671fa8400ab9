import Roost
import Synchronization

/// The channels of a database that transactions signal, within this process.
final class SignalChannels: Sendable {
    private let notifiers = Mutex<[String: Notifier]>([:])

    /// Returns a stream with an element after each transaction that signalled the channel.
    func notifications(_ channel: String) -> AsyncStream<Void> {
        notifiers.withLock { notifiers in
            let notifier = notifiers[channel] ?? Notifier()
            notifiers[channel] = notifier
            return notifier
        }.notifications()
    }

    /// Wakes those who listen to one of the channels.
    func notify(_ channels: Set<String>) {
        guard !channels.isEmpty else { return }
        for notifier in notifiers.withLock({ notifiers in channels.compactMap { notifiers[$0] } }) { notifier.notify() }
    }
}

/// The channels that a transaction signals when it is committed.
final class PendingSignals: Sendable {
    private let names = Mutex<Set<String>>([])

    var channels: Set<String> { names.withLock { $0 } }

    func add(_ channel: String) { _ = names.withLock { $0.insert(channel) } }
}
