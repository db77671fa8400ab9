import Foundation
import Roost
import RoostData
import RoostWork
import Simulation
import Synchronization

/// Workers in several processes share a queue, while processes are killed and stopped, the date jumps, handlers fail and the disk is full.
/// In the end each job has taken effect once, those of a key in order.
struct WorkScenario: Sendable {
    private final class World: Sendable {
        let workers = Mutex<[SimulatedProcess]>([])
        let added = Mutex<Set<String>>([])
        let counts = Mutex<[String: Int]>([:])

        func count(_ what: String) { counts.withLock { $0[what, default: 0] += 1 } }
    }

    private static let options = WorkOptions(
        concurrency: 4, retry: RetryPolicy(attempts: .max, backoff: Backoff(first: .milliseconds(100), longest: .seconds(5))),
        lease: .seconds(15), poll: .milliseconds(500), retention: .seconds(86_400))
    private static let jobs = 60, workers = 3, lanes = ["a", "b", "c"]
    /// How long things go wrong.
    private static let chaos = Duration.seconds(120)

    private let file: SimulatedFile
    private let world = World()

    init(in folder: String) { file = SimulatedFile("\(folder)/work.db") }

    func run() async throws {
        let producer = try await Chores(file, SimulatedProcess("producer"), Self.options)
        for number in 1...Self.workers { try await startWorker("w\(number)") }
        async let adding: Void = add(producer)
        try await spoil()
        try await adding
        try await settle(producer)
        try await audit(producer.database)
        let counts = world.counts.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        trace(counts.joined(separator: ", "))
    }

    private func add(_ producer: Chores) async throws {
        for number in 0..<Self.jobs {
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...3000)))
            let id = "j\(number)", lane = Bool.random() ? Self.lanes.randomElement() : nil
            let date = Int.random(in: 0..<5) == 0 ? Date() + .random(in: 0...20) : nil
            do {
                try await producer.add(id, lane: lane, at: date, fails: Int.random(in: 0..<8) == 0)
                _ = world.added.withLock { $0.insert(id) }
                trace("added \(id) \(lane ?? "-")")
            } catch {
                trace("not added \(id): \(error)")
            }
        }
    }

    private func startWorker(_ name: String) async throws {
        let process = SimulatedProcess(name)
        world.workers.withLock { $0.append(process) }
        // Not a child of this task, which may never see the end of a process that is killed.
        Task.detached {
            do {
                let chores = try await Chores(file, process, Self.options)
                await chores.queue.run { try await work(on: $0, chores) }
            } catch {
                trace("\(name) did not start: \(error)")
                process.kill()
            }
        }
    }

    private func work(on job: ClaimedJob<Chore>, _ chores: Chores) async throws {
        let name = chores.process.name
        trace("\(name) begins \(job.id), attempt \(job.attempt)")
        world.count("begun")
        try await chores.process.clock.sleep(for: .milliseconds(Int.random(in: 0...3000)))
        if Int.random(in: 0..<8) == 0 {
            world.count("refused")
            throw Refusal()
        }
        do {
            try await chores.finish(job)
            trace("\(name) finished \(job.id)")
        } catch {
            trace("\(name) did not finish \(job.id): \(error)")
            if error.isJobLost { world.count("fenced") }
            throw error
        }
    }
}

extension WorkScenario {
    /// Lets things go wrong, one after another.
    private func spoil() async throws {
        var next = Self.workers
        while Simulation.time < Self.chaos {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...8000)))
            guard let victim = world.workers.withLock({ $0 }).filter({ !$0.isDead }).randomElement() else {
                next += 1
                try await startWorker("w\(next)")
                continue
            }
            switch Int.random(in: 0..<10) {
            case 0..<3:
                trace("kill \(victim.name)")
                world.count("killed")
                victim.kill()
                next += 1
                if Bool.random() { try await startWorker("w\(next)") }
            case 3..<6:
                let duration = Duration.milliseconds(Int.random(in: 1000...40_000))
                trace("stop \(victim.name) for \(duration)")
                world.count("stopped")
                victim.stop(for: duration)
            case 6:
                let seconds = [-3600, -20, 20, 3600].randomElement() ?? 0
                trace("set the date by \(seconds) s")
                world.count("jumps")
                Simulation.setDate(by: .seconds(seconds))
            case 7:
                trace("the disk is full")
                world.count("full")
                file.failNext(.random(in: 1...6))
            default: try await startLater(&next)
            }
        }
    }

    private func startLater(_ next: inout Int) async throws {
        guard world.workers.withLock({ $0.count { !$0.isDead } }) < Self.workers else { return }
        next += 1
        trace("start w\(next)")
        try await startWorker("w\(next)")
    }

    /// Waits until all jobs are done, which a fresh worker can do in a short time.
    private func settle(_ producer: Chores) async throws {
        file.failNext(0)
        trace("calm")
        try await startWorker("last")
        // The date may have been set back by hours while jobs waited for it.
        let end = Simulation.time + .seconds(3 * 3600)
        while try await producer.database.first("SELECT 1 FROM roost_work WHERE state = 'waiting'") != nil {
            guard Simulation.time < end else { throw Simulation.Fault("jobs are waiting that nobody works on") }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func audit(_ database: Database) async throws {
        let rows = try await database.query("SELECT job, lane, number FROM effects ORDER BY position")
        let effects = try rows.map { row in
            (
                job: try row.get("job", as: String.self), lane: try row.get("lane", as: String.self),
                number: try row.get("number", as: Int.self)
            )
        }
        let jobs = effects.map(\.job), added = world.added.withLock { $0 }
        guard Set(jobs).count == jobs.count else { throw Simulation.Fault("a job took effect twice: \(jobs)") }
        guard Set(jobs) == added else {
            throw Simulation.Fault(
                "without effect: \(added.subtracting(jobs).sorted()); never added: \(Set(jobs).subtracting(added).sorted())")
        }
        for lane in Self.lanes {
            let numbers = effects.filter { $0.lane == lane }.map(\.number)
            guard numbers == numbers.sorted() else { throw Simulation.Fault("the jobs of \(lane) took effect out of order: \(numbers)") }
        }
        guard try await database.first("SELECT 1 FROM roost_work WHERE worker IS NOT NULL AND state = 'waiting'") == nil else {
            throw Simulation.Fault("a job still belongs to a worker")
        }
    }
}
