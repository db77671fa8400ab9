import Foundation
import Roost
import RoostData
import RoostWork
import Simulation
import Synchronization

/// A worker that looks for jobs by itself once a day only: whatever becomes ready must wake it.
enum WakeUpScenario {
    private static let options = WorkOptions(
        concurrency: 2, retry: RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(100), longest: .milliseconds(500))),
        lease: .seconds(300), poll: .seconds(86_400))
    private static let jobs = 80
    /// The longest time between two steps of the queue, if nobody sleeps: all jobs and their retries one after another.
    private static let patience = Duration.seconds(120)

    static func run(in folder: String) async throws {
        let chores = try await Chores(SimulatedFile("\(folder)/wakeups.db"), SimulatedProcess("worker"), Self.options)
        let worker = Task {
            await chores.queue.run { job in
                trace("begins \(job.id), attempt \(job.attempt)")
                if Bool.random() { try await Task.sleep(for: .milliseconds(Int.random(in: 0...50))) }
                if Int.random(in: 0..<5) == 0 { throw Refusal() }
                try await chores.finish(job)
            }
        }
        for number in 0..<jobs {
            // Often at the moment at which the worker goes to sleep.
            if Int.random(in: 0..<3) == 0 { try await Task.sleep(for: .milliseconds(Int.random(in: 0...60))) }
            for _ in 0..<Int.random(in: 0..<40) { await Task.yield() }
            let date = Int.random(in: 0..<6) == 0 ? Date() + .random(in: 0...0.2) : nil
            try await chores.add("j\(number)", lane: ["a", "b", nil].randomElement() ?? nil, at: date)
        }
        try await waitForAll(chores.database)
        worker.cancel()
        await worker.value
        guard try await chores.database.first("SELECT 1 FROM roost_workers") == nil else {
            throw Simulation.Fault("the worker left its lease behind")
        }
    }

    private static func waitForAll(_ database: Database) async throws {
        let end = Simulation.time + patience
        while try await database.first("SELECT 1 FROM roost_work WHERE state = 'waiting'") != nil {
            guard Simulation.time < end else { throw Simulation.Fault("jobs are ready, and nobody has woken the worker") }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
