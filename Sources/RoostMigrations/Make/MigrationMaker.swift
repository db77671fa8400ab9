public import Foundation
public import Roost
public import RoostData

/// Makes migrations from the difference between models and the newest schema.
public struct MigrationMaker: Sendable {
    /// The folder of the migrations.
    public let folder: URL
    /// The models.
    let schema: DatabaseSchema
    /// The columns whose models name what they were called before.
    private let declared: [SchemaDifference.Rename]
    /// The rules of columns that the engines cannot check, by the path of the column.
    let unchecked: [String: String]
    /// The migrations in the folder, in order.
    let migrations: [Migration]
    /// The migrations that run before those in the folder, such as the toolkit's tables.
    let earlier: [Migration]
    /// Opens an empty database on SQLite.
    let scratch: @Sendable () async throws -> Database

    /// Reads a folder of migrations.
    /// - Parameters:
    ///   - folder: The folder of the migrations, in the source.
    ///   - models: The program's models.
    ///   - earlier: The migrations that run before those in the folder.
    ///   - scratch: Opens an empty database on SQLite, to find out what the migrations make.
    /// - Throws: A `ConfigurationError` if the migrations or the models are invalid.
    public init(
        folder: URL, models: [any Model.Type], earlier: [Migration] = [], scratch: @escaping @Sendable () async throws -> Database
    ) throws(ConfigurationError) {
        self.folder = folder
        self.earlier = earlier
        self.scratch = scratch
        schema = try DatabaseSchema(models)
        declared = models.flatMap { model in
            model.table.columns.compactMap { column in
                column.formerName.map { SchemaDifference.Rename(table: model.table.name, column: $0, name: column.name) }
            }
        }
        let rules = models.flatMap { model in
            model.table.columns.map { ("\(model.table.name).\($0.name)", SchemaColumn.uncheckedRules($0).joined(separator: ", ")) }
        }
        unchecked = Dictionary(rules.filter { !$1.isEmpty }) { first, _ in first }
        migrations = FileManager.default.fileExists(atPath: folder.path) ? try Migration.load(from: folder) : []
    }

    /// The schema after the newest migration; `nil` if all of them were written by hand.
    var newest: SchemaFile? {
        get throws(ConfigurationError) {
            guard let last = migrations.last, let text = last.schema else { return nil }
            return try SchemaFile.read(text, of: last.name)
        }
    }

    /// Runs all migrations in a scratch database.
    /// - Parameter body: Uses the database.
    func replaying<Result: Sendable>(_ body: (Database) async throws -> Result) async throws -> Result {
        let database = try await scratch()
        return try await database.closing {
            try await $0.migrate(earlier + migrations)
            return try await body($0)
        }
    }

    /// Makes the migrations that lead from the newest schema to the models. Nothing is written yet.
    /// - Parameters:
    ///   - name: What the migration does, such as `add_weight`.
    ///   - date: The time that its name begins with.
    ///   - choices: What cannot be told from the models.
    ///   - isEmpty: Whether to make a migration without statements, to be written by hand.
    ///   - ask: Asks whether something was renamed. `nil` if there is nobody to ask.
    /// - Returns: The migrations; none if the models match the schema.
    /// - Throws: A `ConfigurationError` if something must be decided first.
    public func make(
        _ name: String, at date: Date, choices: MigrationChoices = MigrationChoices(), isEmpty: Bool = false,
        ask: ((RenameQuestion) -> Bool)? = nil
    ) async throws -> [MigrationDraft] {
        try await replaying { database in
            let newest = try newest, base = try await current(newest, in: database)
            let names = MigrationNames(name, at: date, after: migrations.map(\.name))
            if isEmpty {
                let step = Step(sqlite: ["-- Write the statements here."], postgres: [], schema: base)
                return try MigrationDraft.chain([step], names, after: migrations.last)
            }
            let renames = try Renames(choices, declared: declared, from: base, to: schema, ask: ask).resolved
            let difference = SchemaDifference(from: base, to: schema, renames: renames)
            try ConfigurationError.check(difference.faults(converting: Set(choices.conversions)))
            // The first schema is written even if the tables are there already.
            guard !difference.isEmpty || newest == nil && !schema.columns.isEmpty else { return [] }
            return try MigrationDraft.chain(try await steps(for: difference, from: base, in: database), names, after: migrations.last)
        }
    }

    /// Returns the schema after the newest migration.
    private func current(_ newest: SchemaFile?, in database: Database) async throws -> DatabaseSchema {
        if let newest { return newest.schema }
        let live = try await LiveSchema.read(from: database)
        return live.adopted(by: schema, with: try await SQLiteCatalog.objects(of: database, beside: DatabaseSchema()))
    }
}
