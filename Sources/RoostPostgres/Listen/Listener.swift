import NIOCore
import NIOPosix
import Roost
import RoostData
import Synchronization

/// Listens to the channels of a database, on one connection for the whole process (`LISTEN`).
///
/// A notification only says that it is worth looking, so after the connection was lost each channel is signalled once: notifications may
/// have been missed.
final class Listener: Sendable {
    private struct State {
        var notifiers: [String: Notifier] = [:]
        var task: Task<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Wakes the task when there are new channels.
    private let changes = Notifier()
    /// How to connect; `nil` if notifications cannot arrive, as through a pooler.
    private let dialer: Dialer?

    init(_ dialer: Dialer) { self.dialer = dialer.configuration.pooler == .none ? dialer : nil }

    /// Whether a text can be the name of a channel.
    static func isValid(_ channel: String) -> Bool {
        (1...63).contains(channel.utf8.count)
            && channel.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// Returns a stream with an element after each signal of the channel.
    func notifications(_ channel: String) -> AsyncStream<Void> {
        let notifier = state.withLock { state in
            let notifier = state.notifiers[channel] ?? Notifier()
            state.notifiers[channel] = notifier
            if state.task == nil, !state.isClosed, let dialer { state.task = Task.detached { [self] in await listen(dialer) } }
            return notifier
        }
        changes.notify()
        return notifier.notifications()
    }

    /// Signals channels within this process, if notifications cannot arrive.
    func notify(_ channels: Set<String>) {
        guard dialer == nil else { return }
        for channel in channels { notifier(channel)?.notify() }
    }

    /// Stops listening.
    func close() async {
        let task = state.withLock { state in
            state.isClosed = true
            return state.task
        }
        task?.cancel()
        await task?.value
    }

    /// Stops listening without waiting for it.
    func stop() { state.withLock { $0.task }?.cancel() }

    private func notifier(_ channel: String) -> Notifier? { state.withLock { $0.notifiers[channel] } }

    private var channels: [String] { state.withLock { $0.notifiers.keys.filter(Self.isValid) } }

    /// Listens until it is cancelled. After a failure it pauses for a growing time.
    private func listen(_ dialer: Dialer) async {
        var failures = 0
        while !Task.isCancelled {
            if let connection = try? await dialer.connect(on: MultiThreadedEventLoopGroup.singleton.any()) {
                if await listen(on: connection) { failures = 0 }
                await connection.leave()
            }
            failures += 1
            try? await Task.sleep(for: .milliseconds(min(10_000, 50 << min(failures, 10)) * Int.random(in: 50...100) / 100))
        }
    }

    /// Listens on a connection until it is lost.
    /// - Returns: Whether it could listen at all.
    private func listen(on connection: NIOLoopBound<PostgresConnection>) async -> Bool {
        let lost = Latch(), changes = changes
        let isOpen = try? await connection.eventLoop.submit {
            guard connection.value.isOpen else { return false }
            connection.value.owner = NotificationReceiver(
                notify: { [weak self] in self?.notifier($0)?.notify() },
                lost: {
                    lost.open()
                    changes.notify()
                })
            return true
        }.get()
        guard isOpen == true else { return false }
        var known: Set<String> = []
        while !lost.isOpen, !Task.isCancelled {
            let count = changes.count, fresh = Set(channels).subtracting(known).sorted()
            if !fresh.isEmpty {
                guard (try? await connection.run(script: fresh.map { "LISTEN \"\($0)\"" }.joined(separator: "; "))) != nil else { break }
                known.formUnion(fresh)
                // What was signalled before is not known.
                for channel in fresh { notifier(channel)?.notify() }
            }
            await changes.wait(beyond: count)
        }
        return !known.isEmpty
    }
}

/// The owner of the connection that listens.
private final class NotificationReceiver: ConnectionOwner {
    private let notify: (String) -> Void
    private let lost: () -> Void

    init(notify: @escaping (String) -> Void, lost: @escaping () -> Void) {
        self.notify = notify
        self.lost = lost
    }

    func connection(_ connection: PostgresConnection, finished flight: Flight, _ status: TransactionStatus) {
        flight.end(with: flight.refusal?.error)
    }

    func connection(_ connection: PostgresConnection, notified channel: String) { notify(channel) }

    func connection(_ connection: PostgresConnection, lost flights: [Flight], _ reason: (any Error)?) {
        connection.owner = nil
        for flight in flights { flight.end(with: Problem.connectionLost(cause: reason)) }
        lost()
    }
}
