public import Roost
public import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Database {
    /// Opens a database and applies its migrations.
    /// - Parameters:
    ///   - url: `sqlite:PATH`. The file and its directory are made where they do not exist; several processes may share the file.
    ///   - key: the configuration's key that the URL comes from.
    /// - Throws: a `ConfigurationError` where the URL is wrong or the file cannot be opened or written; a `Problem` with status 503 where
    ///   others keep it busy; a `DatabaseError` for a wrong migration, or a disk that is full.
    public static func open(_ url: String, key: String = "DATABASE_URL", migrations: [Migration] = []) async throws -> Database {
        let location = try SQLiteLocation(url: url, key: key)
        let driver: SQLiteDriver
        do {
            driver = try await SQLiteDriver.open(location)
        } catch let error where error is Problem || (error as? DatabaseError)?.code == .storage {
            throw error
        } catch {
            throw ConfigurationError(key: key, value: url, allowed: "a database file that can be opened (\(error))")
        }
        do {
            return try await Database(driver: driver, migrations: migrations)
        } catch {
            await driver.close()
            guard let unusable = error as? DatabaseError, unusable.code == .file else { throw error }
            throw ConfigurationError(key: key, value: url, allowed: "a database file that can be used (\(unusable.message))")
        }
    }
}

/// SQLite, with one connection that writes and a few that read (write-ahead logging: https://www.sqlite.org/wal.html).
final class SQLiteDriver: DatabaseDriver {
    private let writers: ConnectionLine
    private let readers: ConnectionLine
    let system = "sqlite"
    let presence: (any DatabasePresence)?

    /// How long a caller waits for its turn, and a writer for those of other processes.
    static let timeout = Duration.seconds(10)
    private static let readerCount = 4

    private init(_ file: SQLiteFile, presence: any DatabasePresence) {
        self.presence = presence
        let name = URL(fileURLWithPath: file.location.path).lastPathComponent
        writers = ConnectionLine(connections: 1, timeout: Self.timeout, pool: "\(name) writer") { try SQLiteConnection(file, for: .write) }
        readers = ConnectionLine(connections: Self.readerCount, timeout: Self.timeout, pool: "\(name) readers") {
            try SQLiteConnection(file, for: .read)
        }
    }

    deinit {
        readers.shut()
        writers.shut()
    }

    static func open(_ location: SQLiteLocation) async throws -> SQLiteDriver {
        let directory = URL(fileURLWithPath: location.path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // SQLite would open what cannot be written, and only say so at the first change.
        for path in [directory, location.path] where FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.isWritableFile(atPath: path) else { throw DatabaseError(.file, "\(path) cannot be written") }
        }
        let driver = SQLiteDriver(try SQLiteFile(location), presence: FilePresence(of: location.path))
        // The writer comes first: it makes the file and turns on the write-ahead log.
        do {
            try await driver.writers.withConnection { _ in }
        } catch {
            await driver.close()
            throw error
        }
        return driver
    }

    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        try await line(for: options.access).withConnection { unit in
            try await unit.use { try $0.begin(options) }
            do {
                let result = try await body(SQLiteSession(unit: unit))
                try Task.checkCancellation()
                try await unit.use { try $0.commit() }
                return result
            } catch {
                // The first error is the one to tell.
                try? await unit.use { try $0.rollback() }
                throw error
            }
        }
    }

    func run(_ sql: SQL, for access: DatabaseAccess) async throws -> DatabaseResult {
        try await line(for: access).withConnection { unit in try await unit.use { try $0.runAlone(sql) } }
    }

    func close() async {
        await readers.close()
        await writers.close()
    }

    private func line(for access: DatabaseAccess) -> ConnectionLine { access == .write ? writers : readers }
}
