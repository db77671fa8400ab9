public import Roost
public import RoostData

extension Driver {
    /// The driver for databases on PostgreSQL 13 or later, at `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    public static let postgres = postgres(clock: WallClock())

    /// The same driver with a clock of its own, such as the `TestClock` of a test.
    public static func postgres(clock: any ServiceClock) -> Driver {
        Driver("postgres", "postgresql", form: PostgresURL.form, isValid: { PostgresURL($0.text) != nil })
            .opening(Database.self) { try await Database.open(postgres: $0.text, key: $0.key, clock: clock) }
    }
}

extension Database {
    /// Opens a database on a PostgreSQL server, and applies its migrations. The database is created if it does not exist and the role may
    /// create it.
    ///
    /// Options of the URL are those of libpq with the same name: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `channel_binding`,
    /// `require_auth`, `target_session_attrs`, `connect_timeout` (in seconds, 5 by default, and at most half of `pool_timeout`),
    /// `application_name`, `options` and `passfile`. The others are the driver's own: `connections`, the largest number of connections of the
    /// process (2 to 10,000; by default 10), and as many again for reads from replicas; `pool_timeout`, the longest wait for one (in seconds,
    /// 10 by default); and `pooler=transaction`, for a pooler such as pgbouncer that may give each transaction another server process.
    /// - Parameters:
    ///   - url: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with commas between several hosts, and options after a question mark.
    ///     What it leaves out comes from the variables that libpq reads, such as `PGHOST`, and the password from `~/.pgpass`.
    ///   - key: The setting that the URL comes from, for errors.
    ///   - migrations: The migrations to apply, in order.
    ///   - clock: The clock that the database's data goes by.
    /// - Throws: A `ConfigurationError` if the URL, the role or its password is wrong; a `Problem` with status 503 if the server cannot be
    ///   reached, or is starting; a `DatabaseError` if a migration is wrong.
    public static func open(
        postgres url: String, key: String = "DATABASE_URL", migrations: [Migration] = [], clock: any ServiceClock = WallClock()
    ) async throws -> Database {
        let driver = try await PostgresDriver.open(url, key: key)
        do {
            return try await Database(driver: driver, migrations: migrations, clock: clock)
        } catch {
            await driver.close()
            throw error
        }
    }
}
