import Foundation
import Simulation
import Synchronization

/// How often what happened.
final class Counts: Sendable {
    private let all = Mutex<[String: Int]>([:])

    func add(_ what: String) { all.withLock { $0[what, default: 0] += 1 } }

    var summary: String { all.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") }
}

/// Processes that are killed and stopped, and whatever else goes wrong while they work.
final class Chaos: Sendable {
    /// The number of processes at the beginning, and the largest.
    private static let size = 3

    private struct State {
        var processes: [SimulatedProcess] = []
        var number = 0
    }

    private let files: [SimulatedFile]
    private let counts: Counts
    private let work: @Sendable (SimulatedProcess) async throws -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - files: The databases of the processes.
    ///   - counts: Counts what goes wrong.
    ///   - work: What a process does until it is killed.
    init(of files: SimulatedFile..., counting counts: Counts, _ work: @escaping @Sendable (SimulatedProcess) async throws -> Void) {
        self.files = files
        self.counts = counts
        self.work = work
    }

    private var living: [SimulatedProcess] { state.withLock { $0.processes.filter { !$0.isDead } } }

    private func start() {
        let process = state.withLock { state in
            state.number += 1
            let process = SimulatedProcess("p\(state.number)")
            state.processes.append(process)
            return process
        }
        trace("start \(process.name)")
        // Not a child of this task, which may never see the end of a process that is killed.
        Task.detached { [work] in
            do {
                try await work(process)
            } catch {
                trace("\(process.name) did not start: \(error)")
                process.kill()
            }
        }
    }

    /// Starts the first processes, and lets things go wrong one after another.
    /// - Parameter duration: How long.
    func rage(for duration: Duration) async throws {
        for _ in 0..<Self.size { start() }
        let end = Simulation.time + duration
        while Simulation.time < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...8000)))
            if let victim = living.randomElement() { spoil(victim) } else { start() }
        }
        for file in files { file.failNext(0) }
        trace("calm")
        start()
    }

    private func spoil(_ victim: SimulatedProcess) {
        switch Int.random(in: 0..<10) {
        case 0..<3:
            trace("kill \(victim.name)")
            counts.add("killed")
            victim.kill()
            if Bool.random() { start() }
        case 3..<6:
            let milliseconds = Int.random(in: 1000...40_000)
            trace("stop \(victim.name) for \(milliseconds) ms")
            counts.add("stopped")
            victim.stop(for: .milliseconds(milliseconds))
        case 6:
            let seconds = [-120, -20, 20, 3600].randomElement() ?? 0
            trace("set the date by \(seconds) s")
            counts.add("jumps")
            Simulation.setDate(by: .seconds(seconds))
        case 7:
            trace("the disk is full")
            counts.add("full")
            files.randomElement()?.failNext(.random(in: 1...6))
        default: if living.count < Self.size { start() }
        }
    }
}

/// Waits until a condition holds.
/// - Throws: A `Simulation.Fault` if that takes more than an hour. A job whose time has come waits for it again if the date is set back.
func settle(or fault: String, until holds: () async throws -> Bool) async throws {
    let end = Simulation.time + .seconds(3600)
    while try await !holds() {
        guard Simulation.time < end else { throw Simulation.Fault(fault) }
        try await Task.sleep(for: .seconds(1))
    }
}
