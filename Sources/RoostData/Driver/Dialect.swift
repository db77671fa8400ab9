/// What distinguishes an engine's SQL from that of others.
public struct Dialect: Hashable, Sendable {
    /// The engine's name, as in the files of a migration: `sqlite` or `postgres`.
    public let name: String
    /// The engine's name as in OpenTelemetry's `db.system.name`: `sqlite` or `postgresql`.
    public let system: String
    /// Whether rows can be locked with `FOR UPDATE`. An engine that cannot has one writer at a time, which needs no such locks.
    public let locksRows: Bool
    /// Whether a list can be bound as one value, as in `= ANY($1)`.
    public let bindsArrays: Bool
    /// The largest number of values that one statement can bind.
    public let bindingLimit: Int

    /// Creates a dialect.
    /// - Parameters:
    ///   - name: The engine's name, as in the files of a migration.
    ///   - system: The engine's name as in OpenTelemetry's `db.system.name`.
    ///   - locksRows: Whether rows can be locked with `FOR UPDATE`.
    ///   - bindsArrays: Whether a list can be bound as one value.
    ///   - bindingLimit: The largest number of values that one statement can bind.
    public init(_ name: String, system: String, locksRows: Bool, bindsArrays: Bool, bindingLimit: Int) {
        self.name = name
        self.system = system
        self.locksRows = locksRows
        self.bindsArrays = bindsArrays
        self.bindingLimit = bindingLimit
    }

    /// SQLite 3.39 or later.
    public static let sqlite = Dialect("sqlite", system: "sqlite", locksRows: false, bindsArrays: false, bindingLimit: 32_766)
    /// PostgreSQL 13 or later.
    public static let postgres = Dialect("postgres", system: "postgresql", locksRows: true, bindsArrays: true, bindingLimit: 65_535)

    /// Whether `NULL` is larger than all values when rows are sorted.
    var sortsNullLast: Bool { name == "postgres" }

    /// Returns the engine's name for the type of a column.
    public func name(of type: ColumnType) -> String {
        let isPostgres = name == "postgres"
        return switch type {
        case .boolean: isPostgres ? "boolean" : "INTEGER"
        case .integer: isPostgres ? "bigint" : "INTEGER"
        case .real: isPostgres ? "double precision" : "REAL"
        case .text: isPostgres ? "text" : "TEXT"
        case .blob: isPostgres ? "bytea" : "BLOB"
        case .uuid: isPostgres ? "uuid" : "TEXT"
        case .time: isPostgres ? "timestamptz" : "INTEGER"
        case .json: isPostgres ? "jsonb" : "TEXT"
        }
    }
}
