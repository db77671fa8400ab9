import Foundation
import Roost
import RoostData
import RoostWorkflow
import Simulation
import Synchronization

/// What the steps of the simulated workflows did outside their database.
final class Outside: Sendable {
    private let all = Mutex<[String: [String]]>([:])

    func note(_ what: String, of run: String) { all.withLock { $0[run, default: []].append(what) } }

    func notes(of run: String) -> [String] { all.withLock { $0[run, default: []] } }
}

/// A workflow with steps that fail now and then, a pause, and an end that undoes everything.
private struct Trip: Workflow {
    static let name = "trip"

    let process: SimulatedProcess
    let outside: Outside

    func run(_ trip: Chore, in run: Run) async throws -> Chore {
        let id = "t\(trip.number)"
        let seat = try await run.step("reserve") {
            let seat = Chore(number: .random(in: 1..<1_000_000))
            try await act("reserve", id)
            return seat
        } undo: {
            try await act("release", id)
        }
        if trip.number.isMultiple(of: 3) { try await run.sleep(for: .seconds(20)) }
        try await run.step("charge") {
            try await act("charge \(seat.number)", id)
        } undo: {
            try await act("refund", id)
        }
        if trip.number.isMultiple(of: 4) { throw run.end(trip) }
        try await run.transaction("book") { transaction in
            _ = try await transaction.execute("INSERT INTO bookings (run, seat) VALUES (\(id), \(seat.number))")
        }
        return trip
    }

    private func act(_ what: String, _ run: String) async throws {
        await process.pass()
        outside.note(what, of: run)
        trace("\(process.name) \(run) \(what)")
        try await process.clock.sleep(for: .milliseconds(Int.random(in: 0...2000)))
        if Int.random(in: 0..<8) == 0 { throw Refusal() }
    }
}

/// Workflows are run by several processes, while these are killed and stopped, the date jumps and the disk is full.
enum WorkflowScenario {
    private static let migrations =
        WorkflowTables.migrations + [Migration("bookings", "CREATE TABLE bookings (run TEXT NOT NULL, seat INTEGER NOT NULL)")]
    private static let trips = 30
    /// How long things go wrong.
    private static let chaos = Duration.seconds(120)

    private static func open(_ file: SimulatedFile, _ process: SimulatedProcess) async throws -> Database {
        try await Database(driver: SimulatedDriver(file, for: process), migrations: migrations, clock: process.clock)
    }

    static func run(in folder: String) async throws {
        let file = SimulatedFile("\(folder)/workflows.db"), outside = Outside(), client = SimulatedProcess("client")
        let database = try await open(file, client), workflows = Workflows([Trip(process: client, outside: outside)], in: database)
        let counts = Counts(),
            chaos = Chaos(of: file, counting: counts) { process in
                let database = try await open(file, process)
                await Workflows([Trip(process: process, outside: outside)], in: database, options: WorkflowOptions(concurrency: 4)).run()
            }
        async let starting: Void = {
            for number in 1...trips {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...5000)))
                // A client whose call failed tries again.
                while (try? await workflows.start(Trip.self, Chore(number: number), id: "t\(number)")) == nil {}
            }
        }()
        try await chaos.rage(for: Self.chaos)
        try await starting
        try await settle(or: "runs are waiting that nobody works on") {
            // An administrator retries those during which processes died by chance.
            for run in try await workflows.list(status: .stuck).items { try await workflows.retry(run.id) }
            return try await database.first("SELECT 1 FROM roost_runs WHERE ended_at IS NULL") == nil
        }
        try await audit(database, outside)
        trace(counts.summary)
    }

    private static func audit(_ database: Database, _ outside: Outside) async throws {
        for number in 1...trips {
            let id = "t\(number)", notes = outside.notes(of: id), isUndone = number.isMultiple(of: 4)
            let status = try await database.first("SELECT status FROM roost_runs WHERE id = \(id)")?.get("status", as: String.self)
            let seats = try await database.query("SELECT seat FROM bookings WHERE run = \(id)").map { try $0.get("seat", as: Int.self) }
            guard status == "completed" else { throw Simulation.Fault("\(id) is \(status ?? "missing")") }
            guard seats.count == (isUndone ? 0 : 1) else { throw Simulation.Fault("\(id) is booked \(seats.count) times") }
            // A step begins only once the result of the one before it is durable, so each attempt sees the same.
            let charges = Set(notes.filter { $0.hasPrefix("charge") })
            guard charges.count == 1, isUndone || charges == ["charge \(seats[0])"] else {
                throw Simulation.Fault("\(id) reserved \(seats), and charged for \(charges.sorted())")
            }
            let undone = notes.filter { $0 == "refund" || $0 == "release" }
            guard isUndone ? undone.first == "refund" && undone.last == "release" : undone.isEmpty else {
                throw Simulation.Fault("\(id) undid \(undone)")
            }
        }
    }
}
