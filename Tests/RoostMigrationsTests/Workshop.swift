import Foundation
import Roost
import RoostData
import RoostMigrations
import RoostSQLite
import RoostSystemTesting
import Synchronization

/// A folder of migrations, and a database that they are applied to.
struct Workshop {
    private let root: TemporaryFolder
    private let clock = Counter()

    init() throws { root = try TemporaryFolder() }

    var folder: URL { URL(filePath: root.path + "/migrations") }

    func maker(_ models: [any Model.Type]) throws -> MigrationMaker {
        let root = root
        return try MigrationMaker(folder: folder, models: models) {
            try await Database.open("sqlite:\(root.path)/scratch-\(UUID().uuidString).db")
        }
    }

    /// Makes the migrations from the newest schema to models, and writes them.
    @discardableResult
    func make(
        _ name: String, _ models: [any Model.Type], renames: [String] = [], drops: [String] = [], isEmpty: Bool = false,
        ask: ((String, String, String) -> Bool)? = nil
    ) async throws -> [MigrationDraft] {
        let date = Date(timeIntervalSince1970: 1_800_000_000 + Double(clock.next()) * 3600)
        let drafts = try await maker(models).make(name, at: date, renames: renames, drops: drops, isEmpty: isEmpty, ask: ask)
        for draft in drafts { try draft.write(in: folder) }
        return drafts
    }

    /// Writes a migration by hand.
    func write(_ name: String, _ sql: String) throws {
        let directory = folder.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(sql.utf8).write(to: directory.appending(path: "up.sql"))
    }

    /// Copies the migrations, as a branch does.
    func branch() throws -> Workshop {
        let other = try Workshop()
        try FileManager.default.copyItem(at: folder, to: other.folder)
        for _ in 0..<clock.count { _ = other.clock.next() }
        return other
    }

    /// Adds the migrations of another branch, as Git does.
    func join(_ other: Workshop) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: other.folder.path) {
            let target = folder.appending(path: name)
            guard !FileManager.default.fileExists(atPath: target.path) else { continue }
            try FileManager.default.copyItem(at: other.folder.appending(path: name), to: target)
        }
    }

    /// Opens the database, with all migrations applied.
    func migrated() async throws -> Database {
        try await Database.open("sqlite:\(root.path)/live.db", migrations: Migration.load(from: folder))
    }

    private final class Counter: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).newValue }
    }
}
