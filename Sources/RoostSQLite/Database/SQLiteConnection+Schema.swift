import GRDB
import Roost
import RoostData

extension SQLiteConnection {
    /// Inside a transaction the setting has no effect, and dropping a table would delete the rows that refer to it
    /// (https://www.sqlite.org/pragma.html#pragma_foreign_keys).
    func beginSchemaChange(on database: GRDB.Database) throws {
        state.isChangingSchema.store(true, ordering: .relaxed)
        do {
            try database.execute(sql: "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE")
        } catch {
            try endSchemaChange(on: database)
            throw error
        }
    }

    func endSchemaChange(on database: GRDB.Database) throws {
        guard state.isChangingSchema.exchange(false, ordering: .relaxed) else { return }
        try database.execute(sql: "PRAGMA foreign_keys = ON")
    }

    func checkForeignKeys(in database: GRDB.Database) throws {
        let violations = try GRDB.Row.fetchAll(database, sql: "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 10")
        guard !violations.isEmpty else { return }
        let rows = violations.map { row in
            let number = (row["rowid"] as Int64?).map { " \($0)" } ?? ""
            return "\(row["table"] as String? ?? "")\(number) refers to a row of \(row["parent"] as String? ?? "") that does not exist"
        }
        throw DatabaseError(.foreignKeyViolation, rows.joined(separator: "; "))
    }
}
