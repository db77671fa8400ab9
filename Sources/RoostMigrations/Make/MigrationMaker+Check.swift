import Foundation
import Roost
public import RoostData

extension MigrationMaker {
    /// Returns what is wrong with the migrations, one line each: models that differ from the newest schema, migrations that make other
    /// tables than it says when they run in an empty database, and what `lint()` finds.
    /// - Throws: A `DatabaseError` if a migration cannot be applied.
    public func check() async throws -> [String] {
        guard let newest = try newest else {
            return schema.columns.isEmpty ? [] : ["no migration has a schema.json yet: run `migrate make`"]
        }
        var faults: [String] = []
        if !SchemaDifference(from: newest.schema, to: schema).isEmpty {
            faults.append("the models differ from \(newest.migration): run `migrate make`")
        }
        for migration in migrations {
            guard let text = migration.schema else { continue }
            let file = try SchemaFile.read(text, of: migration.name)
            if file.migration != migration.name { faults.append("\(migration.name): its schema.json is that of \(file.migration)") }
        }
        let live = try await replaying { try await LiveSchema.read(from: $0) }
        faults += live.differences(from: newest.schema).map { "the migrations do not make what \(newest.migration) says: \($0)" }
        return faults + lint().map(\.description)
    }

    /// Returns what would hold up those who use the database, or break versions of the program that run during the change. Migrations that
    /// were written before the first schema are not looked at.
    public func lint() -> [LintFinding] { migrations.filter { $0.schema != nil }.flatMap { MigrationLint($0).findings } }

    /// Returns how a database differs from the newest schema, one line each. Nothing is changed.
    /// - Throws: A `DatabaseError`; a `ConfigurationError` if no migration has a schema yet.
    public func drift(of database: Database) async throws -> [String] {
        guard let newest = try newest else { throw ConfigurationError("no migration has a schema.json yet: run `migrate make`") }
        return try await LiveSchema.read(from: database).differences(from: newest.schema)
    }
}
