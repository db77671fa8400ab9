import Foundation
import Roost
import RoostData
import RoostWork
import Simulation

/// Workers in several processes share a queue, while processes are killed and stopped, the date jumps, handlers fail and the disk is full.
/// In the end each job has taken effect once, those of a key in order.
enum WorkScenario {
    private static let options = WorkOptions(
        concurrency: 4, retry: RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(100), longest: .seconds(5))),
        lease: .seconds(15), poll: .milliseconds(500), retention: .seconds(86_400))
    private static let jobs = 60, lanes = ["a", "b", "c"]
    /// How long things go wrong.
    private static let chaos = Duration.seconds(120)

    static func run(in folder: String) async throws {
        let file = SimulatedFile("\(folder)/work.db"), producer = try await Chores(file, SimulatedProcess("producer"), options)
        let counts = Counts()
        let chaos = Chaos(of: file, counting: counts) { process in
            let chores = try await Chores(file, process, options)
            await chores.queue.run { try await work(on: $0, chores, counts) }
        }
        async let adding = add(to: producer)
        try await chaos.rage(for: Self.chaos)
        let added = try await adding
        try await settle(or: "jobs are waiting that nobody works on") {
            try await producer.database.first("SELECT 1 FROM roost_work WHERE state = 'waiting'") == nil
        }
        try await audit(producer.database, added)
        trace(counts.summary)
    }

    /// - Returns: The identifiers of the jobs that were added.
    private static func add(to producer: Chores) async throws -> Set<String> {
        var added: Set<String> = []
        for number in 0..<jobs {
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...3000)))
            let id = "j\(number)", lane = Bool.random() ? lanes.randomElement() : nil
            let date = Int.random(in: 0..<5) == 0 ? Date() + .random(in: 0...20) : nil
            do {
                try await producer.add(id, lane: lane, at: date, fails: Int.random(in: 0..<8) == 0)
                added.insert(id)
                trace("added \(id) \(lane ?? "-")")
            } catch {
                trace("not added \(id): \(error)")
            }
        }
        return added
    }

    private static func work(on job: ClaimedJob<Chore>, _ chores: Chores, _ counts: Counts) async throws {
        trace("\(chores.process.name) begins \(job.id), attempt \(job.attempt)")
        counts.add("begun")
        let work = Task {
            try await chores.process.clock.sleep(for: .milliseconds(Int.random(in: 0...3000)))
            if Int.random(in: 0..<8) == 0 {
                counts.add("refused")
                throw Refusal()
            }
            try await finish(job, chores, counts)
        }
        // Some do not heed their cancellation when the lease is over: the fence must hold all the same.
        if Bool.random() { return try await work.value }
        try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            work.cancel()
        }
    }

    private static func finish(_ job: ClaimedJob<Chore>, _ chores: Chores, _ counts: Counts) async throws {
        do {
            try await chores.finish(job)
            trace("\(chores.process.name) finished \(job.id)")
        } catch {
            trace("\(chores.process.name) did not finish \(job.id): \(error)")
            if error.isJobLost { counts.add("fenced") }
            throw error
        }
    }

    private static func audit(_ database: Database, _ added: Set<String>) async throws {
        let rows = try await database.query("SELECT job, lane, number FROM effects ORDER BY position")
        let jobs = try rows.map { try $0.get("job", as: String.self) }
        guard Set(jobs).count == jobs.count else { throw Simulation.Fault("a job took effect twice: \(jobs)") }
        let missing = added.subtracting(jobs).sorted(), surplus = Set(jobs).subtracting(added).sorted()
        guard missing.isEmpty, surplus.isEmpty else { throw Simulation.Fault("without effect: \(missing); never added: \(surplus)") }
        for lane in lanes {
            let numbers = try rows.filter { try $0.get("lane", as: String.self) == lane }.map { try $0.get("number", as: Int.self) }
            guard numbers == numbers.sorted() else { throw Simulation.Fault("the jobs of \(lane) took effect out of order: \(numbers)") }
        }
        guard try await database.first("SELECT 1 FROM roost_work WHERE worker IS NOT NULL AND state = 'waiting'") == nil else {
            throw Simulation.Fault("a job still belongs to a worker")
        }
    }
}
