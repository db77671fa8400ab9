import Roost
import RoostData

/// The statements of a change on SQLite, which were applied to a scratch database.
struct SQLiteRehearsal {
    /// What the change does to views, triggers and indexes that were written by hand.
    let trial: SQLiteTrial
    /// All statements, in order.
    let statements: [String]
    /// What to look at before they are committed, one line each.
    let warnings: [String]

    /// Writes the statements of a change, and applies them.
    /// - Parameters:
    ///   - difference: The change.
    ///   - old: The schema before, without the renames.
    ///   - database: A database with the schema before.
    ///   - scratch: Opens an empty database.
    /// - Throws: A `ConfigurationError` if the engine refuses a statement, as when a view does not work before the change.
    init(
        of difference: SchemaDifference, from old: DatabaseSchema, in database: Database,
        scratch: () async throws -> Database
    ) async throws {
        let implied = try await SQLiteCatalog.objects(of: database, beside: old).impliedIndexes
        let renames = SQLiteStatements.renames(of: difference, besides: implied)
        try await Self.apply(renames, to: database)
        // They have changed the statements of views and triggers.
        let objects = try await SQLiteCatalog.objects(of: database, beside: difference.before)
        let trial =
            difference.changed.isEmpty && difference.dropped.isEmpty
            ? SQLiteTrial(difference)
            : try await scratch().closing { try await SQLiteTrial(difference, beside: objects, in: $0) }
        let changes = SQLiteStatements(difference, beside: objects, after: trial)
        try await Self.apply(changes.statements, to: database)
        self.trial = trial
        statements = renames + changes.statements
        warnings = changes.warnings + Self.warnings(for: objects.views.filter { trial.reason(for: $0) == nil }, in: objects, difference)
    }

    private static func apply(_ statements: [String], to database: Database) async throws {
        guard !statements.isEmpty else { return }
        do {
            // Foreign keys are off then, as in every migration.
            try await database.changeSchema(by: statements.joined(separator: "\n"))
        } catch let error as DatabaseError {
            throw ConfigurationError("SQLite refuses the change, after all earlier migrations: \(error.message)")
        }
    }

    /// Returns what to do by hand about views that are kept: PostgreSQL knows which columns a view has, and neither drops one of them nor
    /// changes its type.
    private static func warnings(
        for views: [SQLiteObjects.Object], in objects: SQLiteObjects, _ difference: SchemaDifference
    ) -> [String] {
        difference.changed.flatMap { change in
            let dependent = Set(objects.views(of: [change.after.name])), near = views.filter(dependent.contains)
            let dropped = change.dropped.map { (path: $0.path, name: $0.column, what: "is dropped", isNamed: false) }
            let retyped = change.altered.filter { $0.before.type != $0.after.type }.map {
                (path: $0.after.path, name: $0.after.column, what: "changes its type", isNamed: true)
            }
            return (dropped + retyped).flatMap { column in
                // What names a dropped column does not work on SQLite, and is left out already.
                near.filter { $0.mentions("*") || column.isNamed && $0.mentions(column.name) }.map { view in
                    """
                    the view \(view.name) may have the column \(column.path), which \(column.what): if so, PostgreSQL refuses that until the view \
                    is dropped by hand at the beginning of the migration, and created again at its end
                    """
                }
            }
        }
    }
}
