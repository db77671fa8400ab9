public import Roost
public import RoostData

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Database {
    /// Opens a database, and applies its migrations.
    /// - Parameters:
    ///   - url: `sqlite:PATH`. The file and its directory are created if necessary. Several processes can share the file.
    ///   - key: The setting that the URL comes from, for errors.
    ///   - migrations: The migrations to apply, in order.
    ///   - clock: The clock that the database's data goes by.
    /// - Throws: A `ConfigurationError` if the URL is invalid or the file cannot be opened or written; a `Problem` with status 503 if other
    ///   processes keep it busy; a `DatabaseError` if a migration is wrong or the disk is full.
    public static func open(
        _ url: String, key: String = "DATABASE_URL", migrations: [Migration] = [], clock: any ServiceClock = WallClock()
    ) async throws -> Database {
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
            return try await Database(driver: driver, migrations: migrations, clock: clock)
        } catch {
            await driver.close()
            guard let unusable = error as? DatabaseError, unusable.code == .file else { throw error }
            throw ConfigurationError(key: key, value: url, allowed: "a database file that can be used (\(unusable.message))")
        }
    }
}

/// SQLite, with one connection for writing and several for reading (write-ahead logging: https://www.sqlite.org/wal.html).
final class SQLiteDriver: DatabaseDriver {
    let writer: Writer
    private let readers: ReaderPool
    let dialect = Dialect.sqlite
    let presence: (any DatabasePresence)?
    private let channels: SignalChannels

    /// How long a caller waits for a connection, and a writer for those of other processes.
    static let timeout = Duration.seconds(10)
    /// One for each event loop, and some for statements that take long and for snapshots.
    private static let readerCount = ProcessInfo.processInfo.activeProcessorCount + 4

    private init(_ file: SQLiteFile, presence: any DatabasePresence) {
        self.presence = presence
        channels = SignalChannels(of: file.location.path)
        let name = URL(fileURLWithPath: file.location.path).lastPathComponent
        writer = Writer(file, timeout: Self.timeout, pool: "\(name) writer") { try SQLiteConnection.open(file, for: .write) }
        readers = ReaderPool(connections: Self.readerCount, timeout: Self.timeout, pool: "\(name) readers") {
            try ReaderConnection(file, on: $0)
        }
    }

    deinit {
        readers.shut()
        writer.shut()
    }

    static func open(_ location: SQLiteLocation) async throws -> SQLiteDriver {
        let directory = URL(fileURLWithPath: location.path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        // SQLite would open a file that cannot be written, and report that at the first change only.
        for path in [directory, location.path] where FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.isWritableFile(atPath: path) else { throw DatabaseError(.file, "\(path) cannot be written") }
        }
        let driver = SQLiteDriver(try SQLiteFile(location), presence: FilePresence(of: location.path))
        // The writer comes first: it creates the file and turns on the write-ahead log.
        do {
            try await driver.writer.transaction { _ in }
        } catch {
            await driver.close()
            throw error
        }
        return driver
    }

    func transaction<Result: Sendable>(
        _ options: TransactionOptions, _ body: @Sendable (any DatabaseSession) async throws -> Result
    ) async throws -> Result {
        if options.access == .read { return try await read(body) }
        return try await again(atMost: options.attempts) {
            let (result, signals) = try await writer.transaction(
                changesSchema: options.changesSchema, durability: options.durability
            ) { unit in
                let session = WriteSession(unit: unit, writer: writer)
                return (try await body(session), session.signals)
            }
            channels.notify(signals.channels)
            return result
        }
    }

    private func read<Result: Sendable>(_ body: @Sendable (any DatabaseSession) async throws -> Result) async throws -> Result {
        try await readers.withConnection { connection in
            let session = ReadSession(connection: connection, transaction: try connection.begin())
            let outcome: Swift.Result<Result, any Error>
            do {
                outcome = .success(try await body(session))
            } catch {
                outcome = .failure(error)
            }
            await connection.end(session.transaction)
            let result = try outcome.get()
            try Task.checkCancellation()
            channels.notify(session.signals.channels)
            return result
        }
    }

    func run<Row: Sendable>(
        _ statement: Statement, for access: DatabaseAccess, _ decode: @escaping RowDecoder<Row>
    ) async throws -> StatementResult<Row> {
        if access == .read { return try await readers.withConnection { try await $0.run(statement, decode) } }
        return try await again(atMost: TransactionOptions.write.attempts) { try await writer.run(statement, decode) }
    }

    /// Runs work, and runs it again if it was lost together with that of others.
    private func again<Result>(atMost attempts: Int, _ body: () async throws -> Result) async throws -> Result {
        var attempt = 1
        while true {
            do {
                return try await body()
            } catch let lost as LostCommit {
                guard attempt < attempts else {
                    throw DatabaseError(.storage, "the transaction was lost together with another one", cause: lost.cause)
                }
                attempt += 1
            }
        }
    }

    func signals(_ channel: String) -> AsyncStream<Void> { channels.notifications(channel) }

    func close() async {
        await readers.close()
        await writer.close()
    }
}
