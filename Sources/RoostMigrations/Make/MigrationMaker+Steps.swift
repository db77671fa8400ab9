import Roost
import RoostData

extension MigrationMaker {
    /// Returns the steps of a difference: one for its statements, and others for what PostgreSQL must do outside of their transaction.
    /// - Parameters:
    ///   - difference: The difference.
    ///   - base: The schema before, without the renames.
    ///   - database: A scratch database with all migrations, which has the change afterwards.
    /// - Throws: A `ConfigurationError` if the statements cannot be applied to it.
    func steps(for difference: SchemaDifference, from base: DatabaseSchema, in database: Database) async throws -> [Step] {
        let sqlite = try await SQLiteRehearsal(of: difference, from: base, in: database, scratch: scratch)
        let postgres = PostgresStatements(difference, without: sqlite.trial.lostViews)
        var first = Step(sqlite: sqlite.statements, postgres: postgres.statements, schema: difference.after)
        first.warnings = sqlite.warnings + uncheckedRules(of: difference)
        let back = difference.reversed(from: base)
        let isReversible = difference.canBeUndone && sqlite.trial.losesNothing && back.faults().isEmpty
        if isReversible {
            first.sqliteDown = try await SQLiteRehearsal(of: back, from: difference.after, in: database, scratch: scratch).statements
            first.postgresDown = PostgresStatements(back).everything
        }
        var steps = [first] + later(postgres, difference.after)
        // What the later steps did is undone together with the first one.
        for position in steps.indices.dropFirst() where isReversible {
            (steps[position].sqliteDown, steps[position].postgresDown) = ([], [])
        }
        return steps
    }

    /// Returns the steps that follow the first one on PostgreSQL.
    private func later(_ postgres: PostgresStatements, _ schema: DatabaseSchema) -> [Step] {
        let writer = SchemaWriter(dialect: .postgres)
        func step(_ suffix: String, _ statements: [String]) -> Step {
            Step(suffix: suffix, sqlite: [], postgres: statements, schema: schema)
        }
        func build(_ index: SchemaIndex, as name: String? = nil) -> Step {
            let creation = writer.creation(of: index, in: schema, as: name, concurrently: true)
            return step("index_\(index.index)", [Migration.outsideTransaction + "\n" + creation])
        }
        var steps = postgres.validations.isEmpty ? [] : [step("validate", postgres.validations)]
        steps += postgres.indexes.map { build($0) }
        steps += postgres.reorderedIndexes.map { build($0, as: PostgresStatements.temporaryName(of: $0)) }
        if !postgres.reorderedIndexes.isEmpty {
            steps.append(step("indexes", postgres.reorderedIndexes.flatMap(PostgresStatements.exchange)))
        }
        return steps
    }

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
