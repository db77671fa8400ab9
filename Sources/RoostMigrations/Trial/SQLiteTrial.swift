import Roost
import RoostData

/// What a change does to views, triggers, indexes and checks that were written by hand, as SQLite itself says: the change is made in an empty
/// database, and what does not work there afterwards is left out of the migration.
struct SQLiteTrial {
    /// The tables that are replaced by new ones, because `ALTER TABLE` cannot make their changes.
    private(set) var rebuilt: Set<String> = []
    /// The conditions of checks that the new tables keep, by table.
    private(set) var keptChecks: [String: [String]] = [:]
    private var lostChecks: [String: [(condition: String, message: String)]] = [:]
    /// What does not work afterwards, and what the engine says about it.
    private var lost: [(object: SQLiteObjects.Object, message: String)] = []
    private let difference: SchemaDifference

    /// Tries nothing: nothing is rebuilt, and nothing is lost.
    init(_ difference: SchemaDifference) { self.difference = difference }

    /// Tries a change out.
    /// - Parameters:
    ///   - difference: The change. Its renames were made already.
    ///   - objects: What the database has before the change, after the renames.
    ///   - database: An empty database.
    init(_ difference: SchemaDifference, beside objects: SQLiteObjects, in database: Database) async throws {
        self.init(difference)
        try await copyTables(of: objects, to: database)
        for change in difference.changed { try await make(change, beside: objects, in: database) }
        for table in difference.created { _ = try await database.refusal(of: SQLiteStatements.creation(of: table, in: difference.after)) }
        try await tryViews(objects.views, in: database)
        try await tryTriggers(objects.triggers, in: database)
    }

    /// Makes the tables as they are, and their indexes.
    private func copyTables(of objects: SQLiteObjects, to database: Database) async throws {
        let dropped = Set(difference.dropped.map { $0.name.lowercased() })
        // Virtual tables make tables of their own, which are refused afterwards.
        let virtual = objects.tables.filter { $0.mentions("virtual") }, others = objects.tables.filter { !$0.mentions("virtual") }
        for object in virtual + others + objects.indexes + objects.describedIndexes where !dropped.contains(object.table.lowercased()) {
            _ = try await database.refusal(of: [object.sql])
        }
    }

    private mutating func make(
        _ change: SchemaDifference.TableChange, beside objects: SQLiteObjects, in database: Database
    ) async throws {
        if !SQLiteStatements.mustRebuild(change, beside: objects),
            try await database.refusal(of: SQLiteStatements.alterations(of: change, in: difference.after)) == nil
        {
            return
        }
        let table = change.after, schema = difference.after
        rebuilt.insert(table.name)
        func refusal(with checks: [String]) async throws -> String? {
            _ = try await database.refusal(of: ["DROP TABLE \(SchemaWriter.quoted(table.name))"])
            return try await database.refusal(of: [
                SchemaWriter(dialect: .sqlite).creation(of: table, in: schema, checks: checks)
            ])
        }
        var kept: [String] = []
        _ = try await refusal(with: kept)
        for condition in objects.undescribedChecks(of: change) {
            if let message = try await refusal(with: kept + [condition]) {
                lostChecks[table.name, default: []].append((condition, message))
            } else {
                kept.append(condition)
            }
        }
        if !lostChecks[table.name, default: []].isEmpty { _ = try await refusal(with: kept) }
        keptChecks[table.name] = kept
        for index in objects.indexes where index.isOf(table.name) {
            if let message = try await database.refusal(of: [index.sql]) { lost.append((index, message)) }
        }
    }

    /// A view may be older than one that it reads, so all of them are there when the first one is tried.
    private mutating func tryViews(_ views: [SQLiteObjects.Object], in database: Database) async throws {
        var rest: [SQLiteObjects.Object] = []
        for view in views {
            if let message = try await database.refusal(of: [view.sql]) { lost.append((view, message)) } else { rest.append(view) }
        }
        var count = 0
        while count != rest.count {
            count = rest.count
            for view in rest {
                let name = SchemaWriter.quoted(view.name)
                guard let message = try await database.refusal(of: ["SELECT * FROM \(name) LIMIT 0"]) else { continue }
                lost.append((view, message))
                rest.removeAll { $0 == view }
                _ = try await database.refusal(of: ["DROP VIEW \(name)"])
            }
        }
    }

    /// Makes one trigger after the other, so that what fails is the last one's fault. A rename checks most of what triggers say, but not all
    /// of what they write.
    private mutating func tryTriggers(_ triggers: [SQLiteObjects.Object], in database: Database) async throws {
        var probe = ["roost_probe", "roost_other_probe"]
        _ = try await database.refusal(of: ["CREATE TABLE roost_probe (probe)"])
        for trigger in triggers {
            let before = try await database.refusals(toWriteTo: trigger.table)
            var message = try await database.refusal(of: [trigger.sql])
            if message == nil {
                message = try await database.refusal(of: ["ALTER TABLE \(probe[0]) RENAME TO \(probe[1])"])
                if message == nil { probe.reverse() }
                let after = try await database.refusals(toWriteTo: trigger.table)
                // A view can be written to only if it has a trigger for it.
                message = message ?? after.first { !before.contains($0) && !$0.contains("because it is a view") }
                message = message ?? missingColumn(of: trigger).map { "no such column: \($0)" }
            }
            guard let message else { continue }
            lost.append((trigger, message))
            _ = try await database.refusal(of: ["DROP TRIGGER IF EXISTS \(SchemaWriter.quoted(trigger.name))"])
        }
    }

    /// Returns a dropped column whose changes a trigger waits for, about which SQLite says nothing.
    private func missingColumn(of trigger: SQLiteObjects.Object) -> String? {
        let words = SQLText.plainWords(trigger.sql)
        guard let start = zip(words, words.dropFirst()).enumerated().first(where: { $1 == ("update", "of") })?.offset else { return nil }
        let columns = words[(start + 2)...].prefix { $0 != "on" }
        let dropped = difference.changed.filter { trigger.isOf($0.after.name) }.flatMap(\.dropped).map(\.column)
        return dropped.first { columns.contains($0.lowercased()) }
    }
}

extension SQLiteTrial {
    /// Whether everything that was written by hand works after the change.
    var losesNothing: Bool { lost.isEmpty && lostChecks.isEmpty }

    /// The names of the views that do not work after the change.
    var lostViews: [String] { lost.filter { $0.object.kind == "view" }.map(\.object.name) }

    /// Returns why something does not work after the change; `nil` if it works.
    func reason(for object: SQLiteObjects.Object) -> String? {
        lost.first { $0.object == object }.map { reason($0.message, for: { object.mentions($0) }) }
    }

    /// Returns the conditions of checks that a new table cannot keep, and why.
    func lostChecks(of table: String) -> [(condition: String, reason: String)] {
        lostChecks[table, default: []].map { ($0.condition, reason($0.message, for: { $0.lowercased() == table.lowercased() })) }
    }

    /// Returns what is missing, if the change takes it away, and otherwise what the engine says.
    private func reason(_ message: String, for mentions: (String) -> Bool) -> String {
        let missing = Self.missingName(message)
        if let table = difference.dropped.first(where: { $0.name.lowercased() == missing }) {
            return "it needs \(table.name), which is dropped"
        }
        if let view = lostViews.first(where: { $0.lowercased() == missing }) { return "it needs \(view), which is left out" }
        let columns = difference.changed.flatMap(\.dropped).filter { $0.column.lowercased() == missing }
        if let column = columns.first(where: { mentions($0.table) }) ?? columns.first { return "it needs \(column.path), which is dropped" }
        return message
    }

    /// Returns the name at the end of messages such as `no such column: new.note`, `no such table: main.extra` and `table families has no
    /// column named note`, in lowercase.
    private static func missingName(_ message: String) -> String? {
        message.split(separator: " ").last?.split(separator: ".").last?.lowercased()
    }
}

extension Database {
    /// Runs statements as far as the engine takes them.
    /// - Returns: What it says about the one that it refuses; `nil` if it takes all of them.
    fileprivate func refusal(of statements: [String]) async throws -> String? {
        do {
            for statement in statements { try await execute(SQL(raw: statement)) }
            return nil
        } catch let error as DatabaseError {
            return error.message
        }
    }

    /// Returns what the engine says about adding, changing and deleting rows of a table or a view, without doing so.
    fileprivate func refusals(toWriteTo table: String) async throws -> [String] {
        let columns = try await query("SELECT name FROM pragma_table_info(\(table))").map { try $0.get("name", as: String.self) }
        let name = SchemaWriter.quoted(table), values = columns.map { "\(SchemaWriter.quoted($0)) = NULL" }.joined(separator: ", ")
        var refusals: [String] = []
        for statement in ["INSERT INTO \(name) DEFAULT VALUES", "UPDATE \(name) SET \(values)", "DELETE FROM \(name)"] {
            if let message = try await refusal(of: ["EXPLAIN QUERY PLAN \(statement)"]) { refusals.append(message) }
        }
        return refusals
    }
}
