public import Roost
public import RoostData

extension Driver {
    /// PostgreSQL 13 or later for databases, at `postgres://USER:PASSWORD@HOST:PORT/DATABASE`.
    public static let postgres = postgres(clock: WallClock())

    /// PostgreSQL with a clock of its own, such as the `TestClock` of a test.
    public static func postgres(clock: any ServiceClock) -> Driver {
        Driver("postgres", "postgresql", form: PostgresURL.form, isValid: { PostgresURL($0.text) != nil })
            .opening(Database.self) { try await Database.open(postgres: $0.text, key: $0.key, clock: clock) }
    }
}

extension Database {
    /// Opens a database on a PostgreSQL server, and applies its migrations. A database that is missing is created if the role may do so.
    /// - Parameters:
    ///   - url: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Several hosts are separated by commas, and options follow after a question
    ///     mark. What it leaves out is taken from the variables that libpq reads, and the password from `~/.pgpass`.
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
