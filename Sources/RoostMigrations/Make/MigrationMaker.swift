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
    private let unchecked: [String: String]
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
    /// - Returns: The migrations; none if the models are as the schema says.
    /// - Throws: A `ConfigurationError` if something must be decided first.
    public func make(
        _ name: String, at date: Date, choices: MigrationChoices = MigrationChoices(), isEmpty: Bool = false,
        ask: ((RenameQuestion) -> Bool)? = nil
    ) async throws -> [MigrationDraft] {
        try await replaying { database in
            let newest = try newest, (base, objects) = try await current(newest, in: database)
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
            let renamed = try await self.objects(after: difference, objects, in: database)
            return try MigrationDraft.chain(
                steps(for: difference, from: base, beside: (before: objects, after: renamed)), names, after: migrations.last)
        }
    }

    /// Returns the schema after the newest migration, and what a database on SQLite has beside it.
    private func current(_ newest: SchemaFile?, in database: Database) async throws -> (DatabaseSchema, SQLiteObjects) {
        if let newest { return (newest.schema, try await SQLiteCatalog.objects(of: database, beside: newest.schema)) }
        let live = try await LiveSchema.read(from: database)
        let base = live.adopted(by: schema, with: try await SQLiteCatalog.objects(of: database, beside: DatabaseSchema()))
        return (base, try await SQLiteCatalog.objects(of: database, beside: base))
    }

    /// Makes the renames in a database on SQLite, which change the statements of views and triggers, and returns what the database has
    /// beside the schema then.
    private func objects(
        after difference: SchemaDifference, _ objects: SQLiteObjects, in database: Database
    ) async throws -> SQLiteObjects {
        guard !difference.steps.isEmpty else { return objects }
        for statement in SQLiteStatements.renames(of: difference, besides: objects.impliedIndexes) {
            try await database.execute(SQL(raw: String(statement.dropLast())))
        }
        return try await SQLiteCatalog.objects(of: database, beside: difference.before)
    }

    /// The steps of a difference: one for its statements, and others for what PostgreSQL must do outside of their transaction.
    private func steps(
        for difference: SchemaDifference, from base: DatabaseSchema, beside objects: (before: SQLiteObjects, after: SQLiteObjects)
    ) -> [Step] {
        let postgres = PostgresStatements(difference), writer = SchemaWriter(dialect: .postgres)
        let sqlite = SQLiteStatements(difference, beside: objects.after)
        var first = Step(sqlite: sqlite.statements, postgres: postgres.statements, schema: difference.after)
        first.warnings = sqlite.warnings + uncheckedRules(of: difference)
        let back = difference.reversed(from: base)
        let isReversible = difference.canBeUndone && back.faults().isEmpty
        if isReversible {
            // The new tables have indexes of their own where the old ones had those of constraints.
            var before = objects.before
            before.impliedIndexes = objects.after.impliedIndexes.subtracting(sqlite.madeIndexes)
            first.sqliteDown = SQLiteStatements(back, beside: before).statements
            first.postgresDown = PostgresStatements(back).everything
        }
        var steps = [first]
        if !postgres.validations.isEmpty {
            steps.append(Step(suffix: "validate", sqlite: [], postgres: postgres.validations, schema: difference.after))
        }
        for index in postgres.indexes {
            let statement = Migration.outsideTransaction + "\n" + writer.creation(of: index, in: difference.after, concurrently: true)
            steps.append(Step(suffix: "index_\(index.index)", sqlite: [], postgres: [statement], schema: difference.after))
        }
        // What the later steps did is undone together with the first one.
        for position in steps.indices.dropFirst() where isReversible {
            (steps[position].sqliteDown, steps[position].postgresDown) = ([], [])
        }
        return steps
    }
}

extension MigrationMaker {
    /// Returns the rules of new columns that no engine checks, one line each.
    private func uncheckedRules(of difference: SchemaDifference) -> [String] {
        let columns = difference.created.flatMap(\.columns) + difference.changed.flatMap(\.added)
        return columns.compactMap { column in
            unchecked[column.path].map { "\(column.path): only the program checks the rule \($0), and the database does not" }
        }
    }
}

/// A migration's statements, and the schema after it.
struct Step {
    var suffix = ""
    var sqlite: [String]
    var postgres: [String]
    var sqliteDown: [String]?
    var postgresDown: [String]?
    var schema: DatabaseSchema
    /// What to look at before it is committed, one line each.
    var warnings: [String] = []
}
