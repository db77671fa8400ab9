import Foundation
import Roost
import Synchronization

/// A process of a simulation. It can be killed, or stopped for a time, wherever it reaches for something outside itself, such as a database
/// or the clock: what others can notice of a process happens there.
public final class SimulatedProcess: Sendable {
    private struct State {
        var isDead = false
        var stop = Duration.zero
        var endings: [@Sendable () -> Void] = []
    }

    /// The name, for the trace.
    public let name: String
    private let state = Mutex(State())

    /// Creates a process.
    public init(_ name: String) { self.name = name }

    /// Whether it was killed.
    public var isDead: Bool { state.withLock { $0.isDead } }

    /// Lets other tasks run, waits while the process is stopped, and never returns once it is dead.
    public func pass() async {
        await Task.yield()
        while true {
            let (isDead, stop) = state.withLock { ($0.isDead, $0.stop) }
            if isDead { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
            let rest = stop - Simulation.time
            guard rest > .zero else { return }
            // Also if the task is cancelled.
            await Task { try? await Task.sleep(for: rest) }.value
        }
    }

    /// Stops the process for a time, as `SIGSTOP` does.
    public func stop(for duration: Duration) { state.withLock { $0.stop = Simulation.time + duration } }

    /// Kills the process: what it holds is released, and it does nothing more.
    public func kill() {
        let endings = state.withLock { state in
            state.isDead = true
            defer { state.endings = [] }
            return state.endings
        }
        for ending in endings { ending() }
    }

    /// Adds what the operating system does when the process dies.
    func onDeath(_ ending: @escaping @Sendable () -> Void) { state.withLock { $0.endings.append(ending) } }

    /// The clock of the process.
    public var clock: any ServiceClock { Clock(process: self) }

    private struct Clock: ServiceClock {
        let process: SimulatedProcess

        var now: Date { Date() }
        var uptime: Duration { Simulation.time }

        func sleep(for duration: Duration) async throws {
            do {
                try await Task.sleep(for: duration)
            } catch {
                await process.pass()
                throw error
            }
            await process.pass()
        }
    }
}
