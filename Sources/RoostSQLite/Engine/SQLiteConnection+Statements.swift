import CRoostSQLite
import Roost
import RoostData

extension SQLiteConnection {
    /// Returns a statement that is ready to be bound.
    func prepare(_ text: String) throws -> PreparedStatement {
        if let statement = statements.statement(text) { return statement }
        hooks.hasPragma = false
        let statement = try compile(text)
        // A plan is that of the schema that the connection knows, and only a statement that reads makes it look whether that has changed.
        if statement.isExplanation {
            try readSchema()
            return try compile(text)
        }
        // Some settings take effect when they are prepared (https://www.sqlite.org/pragma.html).
        if !statement.isPragma { statements.keep(statement, text) }
        return statement
    }

    /// Reads the schema, if it has changed since it was read.
    func readSchema() throws { _ = try text(of: "SELECT max(name) FROM sqlite_schema") }

    /// Prepares a text that is one statement.
    func compile(_ text: String) throws -> PreparedStatement {
        var text = text
        return try text.withUTF8 { bytes in
            guard let start = bytes.baseAddress, bytes.count <= Int32.max else { throw DatabaseError(.engine, "the statement is empty") }
            var handle: OpaquePointer?, tail: UnsafePointer<CChar>?
            let first = UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
            guard sqlite3_prepare_v3(self.handle, first, CInt(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &handle, &tail) == SQLITE_OK
            else { throw refusal }
            guard let handle else { throw DatabaseError(.engine, "the statement is empty") }
            let statement = PreparedStatement(handle, isPragma: hooks.hasPragma)
            let rest = bytes[(tail.map { $0 - first } ?? bytes.count)...]
            guard try isBlank(rest) else { throw DatabaseError(.engine, "the text has several statements") }
            return statement
        }
    }

    /// Returns whether there is nothing but space and comments.
    private func isBlank(_ rest: Slice<UnsafeBufferPointer<UInt8>>) throws -> Bool {
        guard rest.contains(where: { $0 > 0x20 && $0 != 0x3b }) else { return true }
        var handle: OpaquePointer?
        defer { sqlite3_finalize(handle) }
        let result = UnsafeBufferPointer(rebasing: rest).withMemoryRebound(to: CChar.self) {
            sqlite3_prepare_v3(self.handle, $0.baseAddress, CInt($0.count), 0, &handle, nil)
        }
        return result == SQLITE_OK && handle == nil
    }

    private var refusal: any Error {
        guard sqlite3_errcode(handle) & 0xff == SQLITE_AUTH else { return SQLiteError.last(on: handle) }
        return switch hooks.refusal {
        case .setting(let name):
            DatabaseError(.engine, "a statement cannot use PRAGMA \(name): the driver relies on this setting, which all transactions share")
        case .transaction, nil:
            DatabaseError(.engine, "a statement cannot begin or end a transaction or a savepoint: use the functions for that")
        }
    }

    /// Runs statements of the driver, which may begin and end transactions and change settings.
    func trusting<Result>(_ body: () throws -> Result) rethrows -> Result {
        hooks.isTrusted = true
        defer { hooks.isTrusted = false }
        return try body()
    }

    /// Runs a statement.
    package func run<Row: Sendable>(_ statement: Statement, _ decode: RowDecoder<Row>) throws -> StatementResult<Row> {
        try run(prepare(statement.text), statement.bindings, decode)
    }

    /// Runs a prepared statement.
    func run<Row: Sendable>(
        _ prepared: PreparedStatement, _ bindings: [SQLData], _ decode: RowDecoder<Row>
    ) throws -> StatementResult<Row> {
        defer { prepared.reset() }
        try prepared.bind(bindings)
        let before = sqlite3_total_changes64(handle)
        var rows: [Row] = []
        var reader = RowReader(prepared)
        while try prepared.step() {
            rows.append(try decode(&reader))
            reader = RowReader(prepared)
        }
        return StatementResult(rows: rows, changes: Int(truncatingIfNeeded: sqlite3_total_changes64(handle) - before))
    }

    /// Runs the statements of a text.
    package func run(script: String) throws {
        var script = script
        try script.withUTF8 { bytes in
            try bytes.withMemoryRebound(to: CChar.self) { characters in
                guard var next = characters.baseAddress else { return }
                let end = next + characters.count
                while next < end {
                    var handle: OpaquePointer?, tail: UnsafePointer<CChar>?
                    guard sqlite3_prepare_v3(self.handle, next, CInt(end - next), 0, &handle, &tail) == SQLITE_OK else { throw refusal }
                    next = tail ?? end
                    guard let handle else { continue }
                    let statement = PreparedStatement(handle, isPragma: false)
                    while try statement.step() {}
                }
            }
        }
    }

    /// Returns the first column of the first row as text.
    func text(of text: String) throws -> String? {
        let result = try run(compile(text), []) { try $0.next(String?.self) ?? "" }
        return result.rows.first
    }
}
