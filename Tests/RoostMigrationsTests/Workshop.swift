import Foundation
import Roost
import RoostData
import RoostMigrations
import RoostSystemTesting
import Synchronization
import TestTools

/// The engine of a test's database.
enum Engine: CaseIterable {
    case sqlite, postgres
}

/// A folder of migrations, and a database that they are applied to.
struct Workshop {
    let engine: Engine
    private let root: TemporaryFolder
    private let clock = Counter()
    /// The name of the database on a server.
    let name = "migrations_\(UUID().uuidString.prefix(13).lowercased().replacing("-", with: "_"))"

    init(on engine: Engine = .sqlite) throws {
        self.engine = engine
        root = try TemporaryFolder()
    }

    var folder: URL { URL(filePath: root.path + "/migrations") }
    /// The file of the database on SQLite.
    var path: String { root.path + "/live.db" }

    func maker(_ models: [any Model.Type]) throws -> MigrationMaker {
        let root = root
        return try MigrationMaker(folder: folder, models: models) {
            try await Self.open("sqlite:\(root.path)/scratch-\(UUID().uuidString).db")
        }
    }

    /// Makes the migrations from the newest schema to models, and writes them.
    @discardableResult
    func make(
        _ name: String, _ models: [any Model.Type], renames: [String] = [], drops: [String] = [], conversions: [String] = [],
        isEmpty: Bool = false, ask: ((RenameQuestion) -> Bool)? = nil
    ) async throws -> [MigrationDraft] {
        let date = Date(timeIntervalSince1970: 1_800_000_000 + Double(clock.next()) * 3600)
        let choices = MigrationChoices(renames: renames, drops: drops, conversions: conversions)
        let drafts = try await maker(models).make(name, at: date, choices: choices, isEmpty: isEmpty, ask: ask)
        for draft in drafts { try draft.write(in: folder) }
        return drafts
    }

    /// Makes the first version, and fills the database: a family with two children.
    func begin(with family: UUID) async throws {
        try await make("first", First.models)
        try await using { database in
            try await database.insert(First.FamilyRow(id: family, name: "Ada"))
            try await database.execute("INSERT INTO children (family_id, age) VALUES (\(family), 7), (\(family), 9)")
        }
    }

    /// Opens the database with all migrations applied, uses it, and closes it.
    func using(_ body: (Database) async throws -> Void) async throws { try await migrated().closing(after: body) }

    /// Writes a migration by hand.
    /// - Parameter postgres: The statements for PostgreSQL, if they are others.
    func write(_ name: String, _ sql: String, postgres: String? = nil) throws {
        let directory = folder.appending(path: name)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try Data(sql.utf8).write(to: directory.appending(path: "up.sql"))
        if let postgres { try Data(postgres.utf8).write(to: directory.appending(path: "postgres.up.sql")) }
    }

    /// Copies the migrations, as a branch does.
    func branch() throws -> Workshop {
        let other = try Workshop(on: engine)
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
        let database = try await open()
        try await database.migrate(Migration.load(from: folder))
        return database
    }

    /// Opens the database as it is.
    func open() async throws -> Database {
        switch engine {
        case .sqlite: try await Self.open("sqlite:\(path)")
        case .postgres: try await Self.open(PostgresServer.shared().url(name, options: "connections=3"))
        }
    }

    private static func open(_ url: String) async throws -> Database {
        try await [Driver].forTests.open(ResourceURL(url, key: "DATABASE_URL"), as: Database.self)
    }

    private final class Counter: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func next() -> Int { number.wrappingAdd(1, ordering: .relaxed).newValue }
    }
}

extension Database {
    /// Returns the ages of the children, the lowest first.
    func ages<Age: SQLValue>(as type: Age.Type = Int.self) async throws -> [Age] {
        try await query("SELECT age FROM children ORDER BY age").map { try $0.get("age") }
    }
}
