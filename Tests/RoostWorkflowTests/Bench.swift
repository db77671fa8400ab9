import Roost
import RoostData
import RoostSQLite
import RoostTesting

@testable import RoostWorkflow

/// A database with workflows.
final class WorkflowBench: Sendable {
    let directory: TemporaryFolder
    let database: Database

    init(clock: any ServiceClock = WallClock()) async throws {
        directory = try TemporaryFolder()
        let notes = Migration("notes", "CREATE TABLE notes (text TEXT NOT NULL)")
        database = try await Database.open(directory.databaseURL(), migrations: WorkflowTables.migrations + [notes], clock: clock)
    }

    func workflows(_ all: any Workflow...) -> Workflows {
        Workflows(all, in: database, options: WorkflowOptions(concurrency: 8, grace: .zero))
    }

    /// Works on the runs while `body` runs.
    func working<Result>(on workflows: Workflows, _ body: () async throws -> Result) async throws -> Result {
        let worker = Task { await workflows.run() }
        do {
            let result = try await body()
            worker.cancel()
            await worker.value
            return result
        } catch {
            worker.cancel()
            await worker.value
            throw error
        }
    }

    /// Waits until a condition holds, which is checked after each commit.
    func wait(until isDone: () async throws -> Bool) async throws {
        let commits = database.commits()
        var iterator = commits.makeAsyncIterator()
        while try await !isDone() { await iterator.next() }
    }

    /// Waits until a run has a status.
    @discardableResult
    func wait(for id: String, _ status: RunStatus) async throws -> String? {
        let store = RunStore(database: database) { _, _ in }
        try await wait { try await store.end(of: id)?.status == status }
        return try await store.end(of: id)?.output
    }

    func reason(of id: String) async throws -> String? {
        try await database.first("SELECT reason FROM roost_runs WHERE id = \(id)")?.get("reason")
    }

    func notes() async throws -> [String] { try await database.query("SELECT text FROM notes ORDER BY rowid").map { try $0.get("text") } }

    func steps(of id: String) async throws -> [String] {
        try await database.query("SELECT name, is_undo FROM roost_run_steps WHERE run_id = \(id) ORDER BY number").map { row in
            (try row.get("is_undo") ? "undo " : "") + (try row.get("name"))
        }
    }
}

/// A workflow whose code is a closure.
struct Flow: Workflow {
    static let name = "flow"
    let body: @Sendable (String, Run) async throws -> String

    func run(_ input: String, in run: Run) async throws -> String { try await body(input, run) }
}

/// What bodies have done.
final class Diary: Sendable {
    private let all = Observed<[String]>([])

    func add(_ note: String) { all.change { $0.append(note) } }
    var list: [String] { all.read { $0 } }
    func count(_ note: String) -> Int { list.count { $0 == note } }

    /// Waits until a body has added a note.
    func wait(for note: String) async throws {
        try await all.wait(for: note, within: .seconds(30)) { $0.contains(note) ? () : nil }
    }
}
