import Roost

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
struct SQLiteDriver: DatabaseDriver {
    private let writers: Turnstile<SQLiteSession>
    private let readers: Turnstile<SQLiteSession>
    let presence: (any DatabasePresence)?

    /// How long a caller waits for its turn, and a writer for those of other processes.
    static let patience = Duration.seconds(10)
    private static let readerCount = 4

    static func open(_ location: SQLiteLocation) async throws -> SQLiteDriver {
        let directory = URL(fileURLWithPath: location.path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // SQLite would open what cannot be written, and only say so at the first change.
        for path in [directory, location.path] where FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.isWritableFile(atPath: path) else { throw DatabaseError(.file, "\(path) cannot be written") }
        }
        let file = try SQLiteFile(location)
        // The writer comes first: it makes the file and turns on the write-ahead log.
        let writer = try await SQLiteSession.open(file, for: .write)
        var readers: [SQLiteSession] = []
        for _ in 0..<readerCount { readers.append(try await SQLiteSession.open(file, for: .read)) }
        return SQLiteDriver(
            writers: Turnstile([writer], patience: patience), readers: Turnstile(readers, patience: patience),
            presence: FilePresence(of: location.path))
    }

    func connect(for access: DatabaseAccess) async throws -> any DatabaseConnection {
        let turnstile = access == .write ? writers : readers
        return SQLiteConnection(session: try await turnstile.take(), turnstile: turnstile)
    }

    func close() async {
        for session in await readers.close() + writers.close() { await session.close() }
    }
}

/// A session lent to one caller.
private struct SQLiteConnection: DatabaseConnection {
    let session: SQLiteSession
    let turnstile: Turnstile<SQLiteSession>

    func run(_ command: DatabaseCommand) async throws -> DatabaseResult { try await session.run(command) }
    func release() { turnstile.give(session) }
}
