import Roost

/// One step of a database's schema: applied once, and never changed afterwards.
///
/// On the disk, a migration is a folder; see `load(from:)`.
public struct Migration: Sendable, Hashable {
    /// Unique among the database's migrations, such as `20261125T1410_add_weight`.
    public let name: String
    /// The statements that apply it.
    public let up: MigrationScript
    /// The statements that undo it, if it can be undone.
    public let down: MigrationScript
    /// The whole schema after the migration, as the text of its `schema.json`; `nil` if it was written by hand.
    public let schema: String?
    /// The identifier of the migration that this one follows; `nil` for the first one, and for those without a schema.
    package let parent: String?

    /// Creates a migration with the same statements for all engines.
    /// - Parameters:
    ///   - name: A name that is unique among the database's migrations, such as `0001_accounts`.
    ///   - sql: One or more statements, separated by semicolons.
    public init(_ name: String, _ sql: String) {
        self.init(name, up: MigrationScript(shared: sql), down: MigrationScript(), schema: nil, parent: nil)
    }

    /// Creates a migration with statements for each engine.
    /// - Parameters:
    ///   - name: A name that is unique among the database's migrations, such as `0001_accounts`.
    ///   - sqlite: The statements for SQLite, separated by semicolons; empty if there is nothing to do.
    ///   - postgres: The statements for PostgreSQL, separated by semicolons; empty if there is nothing to do.
    public init(_ name: String, sqlite: String, postgres: String) {
        let up = MigrationScript(engines: [Dialect.sqlite.name: sqlite, Dialect.postgres.name: postgres])
        self.init(name, up: up, down: MigrationScript(), schema: nil, parent: nil)
    }

    init(_ name: String, up: MigrationScript, down: MigrationScript, schema: String?, parent: String?) {
        self.name = name
        self.up = up
        self.down = down
        self.schema = schema
        self.parent = parent
    }

    /// Returns a hash of the statements for an engine, by which a change of them is noticed, or `nil` if there are no statements for it.
    public func checksum(for dialect: Dialect) -> String? { up.text(for: dialect).map(MigrationScript.hash) }

    /// Identifies the migration and everything before it, for the one that follows: the hash of its schema.
    package var identifier: String? { schema.map(MigrationScript.hash) }
}

/// The statements of a migration, for one or all engines.
public struct MigrationScript: Sendable, Hashable {
    /// The statements for engines without statements of their own.
    var shared: String?
    /// The statements for each engine, by the name of its dialect.
    var engines: [String: String] = [:]

    /// Returns the statements for an engine, or `nil` if there are no statements for it.
    public func text(for dialect: Dialect) -> String? { engines[dialect.name] ?? shared }

    /// Whether there are no statements for any engine.
    var isEmpty: Bool { shared == nil && engines.isEmpty }

    /// Returns a hash of statements, by which a change of them is noticed.
    package static func hash(_ text: String) -> String { String(FNV1a.hash(text.utf8), radix: 16) }
}

extension Migration {
    /// The line that makes a migration of one statement run outside a transaction, as PostgreSQL requires for `CREATE INDEX CONCURRENTLY`.
    package static let outsideTransaction = "-- roost: no-transaction"

    /// The line that makes a migration of one statement run again and again, each time in a transaction of its own, until it changes no row.
    package static let inBatches = "-- roost: in-batches"

    /// Returns whether the statements for an engine run in one transaction.
    package func isTransactional(on dialect: Dialect) -> Bool {
        !has(Self.outsideTransaction, on: dialect) && !runsInBatches(on: dialect)
    }

    /// Returns whether the statement for an engine is repeated until it changes no row.
    package func runsInBatches(on dialect: Dialect) -> Bool { has(Self.inBatches, on: dialect) }

    private func has(_ line: String, on dialect: Dialect) -> Bool {
        let lines = up.text(for: dialect)?.split(separator: "\n") ?? []
        return lines.contains { $0.drop(while: \.isWhitespace).hasPrefix(line) }
    }
}
