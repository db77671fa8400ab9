import Roost
import RoostData

extension SQLiteConnection {
    /// Turns foreign keys on or off. Inside a transaction the setting has no effect, and dropping a table would delete the rows that refer
    /// to it (https://www.sqlite.org/pragma.html#pragma_foreign_keys).
    /// - Throws: A `DatabaseError` if the setting has not changed.
    func enforceForeignKeys(_ isOn: Bool) throws {
        let setting = try trusting {
            try run(script: "PRAGMA foreign_keys = \(isOn ? "ON" : "OFF")")
            return try run(compile("PRAGMA foreign_keys"), []) { try $0.next(Int64.self) }.rows.first
        }
        guard setting == (isOn ? 1 : 0) else {
            throw DatabaseError(.engine, "foreign keys cannot be turned \(isOn ? "on" : "off") now")
        }
    }

    /// Checks the references of all rows.
    /// - Throws: A `DatabaseError` that names the first rows which refer to others that do not exist.
    func checkForeignKeys() throws {
        let check = Statement("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 10")
        let violations = try run(check) { row in
            let table = try row.next(String.self), number = try row.next(Int64?.self), parent = try row.next(String.self)
            return "\(table)\(number.map { " \($0)" } ?? "") refers to a row of \(parent) that does not exist"
        }.rows
        guard !violations.isEmpty else { return }
        throw DatabaseError(.foreignKeyViolation, violations.joined(separator: "; "))
    }
}
