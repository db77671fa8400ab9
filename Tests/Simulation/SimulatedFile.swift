import Roost
import RoostData
import RoostSQLite
import Synchronization

/// A database file that the processes of a simulation share. They write one after another, in the order in which they ask.
public final class SimulatedFile: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var isTaken = false
        var waiting: [Waiter] = []
        var number = 0
        var presences: Set<Int64> = []
        var failures = 0
    }

    let location: SQLiteLocation
    private let state = Mutex(State())
    private let channels = Mutex<[String: Notifier]>([:])
    private let departures = Notifier()
    /// How long a process waits for the others, as in the driver for SQLite.
    private static let patience = Duration.seconds(10)

    /// Creates a file.
    /// - Parameter path: The absolute path.
    public init(_ path: String) { location = SQLiteLocation(path: path, durability: .normal) }

    /// Lets the next commits fail, as if the disk were full.
    public func failNext(_ commits: Int) { state.withLock { $0.failures = commits } }

    /// Notifies all processes of the transactions that signal a channel.
    func notifier(of channel: String) -> Notifier {
        channels.withLock { channels in
            let notifier = channels[channel] ?? Notifier()
            channels[channel] = notifier
            return notifier
        }
    }

    func fails() -> Bool {
        state.withLock { state in
            guard state.failures > 0 else { return false }
            state.failures -= 1
            return true
        }
    }

    /// Waits for the right to write.
    /// - Throws: A `Problem` with status 503 if the others take too long.
    func take() async throws {
        let number = state.withLock { state -> Int? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            state.number += 1
            return state.number
        }
        guard let number else { return }
        let alarm = Task { [self] in
            try await Task.sleep(for: Self.patience)
            leave(number)
        }
        defer { alarm.cancel() }
        let isTaken = await withCheckedContinuation { continuation in
            state.withLock { $0.waiting.append(Waiter(number: number, continuation: continuation)) }
        }
        guard isTaken else { throw Problem.unavailable("The database is busy.") }
    }

    func release() {
        let next = state.withLock { state -> Waiter? in
            state.isTaken = !state.waiting.isEmpty
            return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private func leave(_ number: Int) {
        let waiter = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }
}

extension SimulatedFile {
    /// The numbers that processes hold.
    func presence(of process: SimulatedProcess) -> any DatabasePresence { Presence(file: self, process: process) }

    private struct Presence: DatabasePresence {
        let file: SimulatedFile
        let process: SimulatedProcess

        func hold(_ number: Int64) async throws -> any PresenceHold {
            await process.pass()
            _ = file.state.withLock { $0.presences.insert(number) }
            let hold = Hold(file: file, number: number)
            process.onDeath { hold.release() }
            return hold
        }

        func isHeld(_ number: Int64) async throws -> Bool {
            await process.pass()
            return file.state.withLock { $0.presences.contains(number) }
        }

        func departures() -> AsyncStream<Void>? { file.departures.notifications() }
    }

    private struct Hold: PresenceHold {
        let file: SimulatedFile
        let number: Int64

        func release() {
            _ = file.state.withLock { $0.presences.remove(number) }
            file.departures.notify()
        }
    }
}
