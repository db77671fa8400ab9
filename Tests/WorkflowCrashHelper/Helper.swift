import Foundation
import Roost
import RoostData
import RoostPostgres
import RoostSQLite
import RoostWorkflow
import Synchronization

/// A worker for runs of `purchase` that may be killed or stopped at any moment, and kills itself if told so. It writes a line when it begins a
/// purchase's payment.
///
///     workflow-crash-helper URL DEATH LEASE [GO]
///
/// DEATH is the number of the look at the clock at which it kills itself, 0 for never. Every statement of the engine that has a time looks at the
/// clock, so there is such a look before, within or after each thing that lasts. LEASE is in milliseconds. With GO, a payment ends once there is a
/// file with this path. Without, the helper writes `ended` and ends when no run is left to work on.
@main struct Helper {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let death = Int(arguments[2]), let lease = Int(arguments[3]) else {
            return print("usage: workflow-crash-helper URL DEATH LEASE [GO]")
        }
        // No process stays behind, whatever becomes of its parent.
        alarm(120)
        let clock = LethalClock(death: death), database = try await open(arguments[1], clock: clock)
        let go = arguments.count > 4 ? arguments[4] : nil
        let workflows = Workflows(
            [Purchase(database: database, go: go), Shipment()], in: database,
            options: WorkflowOptions(concurrency: 4, lease: .milliseconds(lease), grace: .zero))
        report("ready")
        clock.arm()
        let worker = Task { await workflows.run() }
        guard go == nil else { return await worker.value }
        let commits = database.commits()
        var iterator = commits.makeAsyncIterator()
        while try await database.first("SELECT 1 FROM roost_runs WHERE ended_at IS NULL") != nil { await iterator.next() }
        clock.disarm()
        report("ended")
        worker.cancel()
        await worker.value
    }

    private static func open(_ url: String, clock: LethalClock) async throws -> Database {
        guard url.hasPrefix("postgres") else { return try await Database.open(url, clock: clock) }
        return try await Database.open(postgres: url, clock: clock)
    }

    static func report(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// The operating system's clock, which kills the process when it is looked at for the nth time.
final class LethalClock: ServiceClock {
    private let left: Mutex<Int>
    private let isArmed = Atomic(false)
    private let wall = WallClock()

    init(death: Int) { left = Mutex(death) }

    func arm() { isArmed.store(true, ordering: .relaxed) }
    func disarm() { isArmed.store(false, ordering: .relaxed) }

    var now: Date {
        if isArmed.load(ordering: .relaxed) {
            left.withLock { left in
                left -= 1
                if left == 0 { kill(getpid(), SIGKILL) }
            }
        }
        return wall.now
    }

    var uptime: Duration { wall.uptime }

    func sleep(for duration: Duration) async throws { try await wall.sleep(for: duration) }
}

/// Pays for goods and ships them; `declined` is undone instead.
struct Purchase: Workflow {
    static let name = "purchase"
    let database: Database
    let go: String?

    func run(_ kind: String, in run: Run) async throws -> String {
        let (database, id, go) = (database, run.id, go)
        // What a service would do that knows the order: a repetition changes nothing.
        try await run.step("pay") {
            Helper.report("began \(id)")
            // Nothing tells when this changes, so it is asked again.
            while let go, !FileManager.default.fileExists(atPath: go) {
                try await Task { try await Task.sleep(for: .milliseconds(5)) }.value
            }
            try await database.execute("INSERT INTO payments (run) VALUES (\(id)) ON CONFLICT (run) DO NOTHING")
        } undo: {
            try await database.execute("DELETE FROM payments WHERE run = \(id)")
        }
        try await run.transaction("note") { try await $0.execute("INSERT INTO notes (text) VALUES (\("noted " + id))") }
        if kind == "declined" {
            throw run.end("declined") { try await $0.execute("INSERT INTO notes (text) VALUES (\("ended " + id))") }
        }
        _ = try await run.child(Shipment.self, id)
        return try await run.complete { transaction in
            try await transaction.execute("INSERT INTO notes (text) VALUES (\("ended " + id))")
            return "sold"
        }
    }
}

struct Shipment: Workflow {
    static let name = "shipment"

    func run(_ id: String, in run: Run) async throws -> String {
        try await run.transaction("ship") { try await $0.execute("INSERT INTO notes (text) VALUES (\("shipped " + id))") }
        try await run.sleep(for: .milliseconds(1))
        return "shipped"
    }
}
