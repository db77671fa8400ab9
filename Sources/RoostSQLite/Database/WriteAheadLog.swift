import GRDB
import Roost
import RoostData
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps a database file's write-ahead log short.
///
/// SQLite before 3.51.3 may corrupt a database where one connection runs a checkpoint while another commits, which a commit's own
/// automatic checkpoint does (https://www.sqlite.org/wal.html, "The WAL-Reset Bug"). So that is turned off for every connection.
/// Instead, whoever made the log long empties it after its commit, while it still holds the file's `WriterLock`, with a checkpoint that
/// holds SQLite's own writer lock too (`TRUNCATE`): one at a time, and never beside a commit.
final class WriteAheadLog: Sendable {
    private let path: String
    /// How often a checkpoint under way looks whether the readers of older snapshots are done.
    private let looks = Atomic(0)
    /// The size from which on the log is emptied, in bytes.
    private let next: Atomic<Int>

    /// 4 MiB: a thousand pages, as SQLite's own.
    static let limit = 4 << 20

    init(of path: String) {
        self.path = path + "-wal"
        next = Atomic(Self.limit)
    }

    /// Settings for each connection, before its first statement.
    static func prepare(_ database: GRDB.Database) throws {
        // No mapped memory: what this process writes astray must not reach the file (https://www.sqlite.org/mmap.html).
        for setting in ["wal_autocheckpoint = 0", "mmap_size = 0"] { _ = try Int.fetchOne(database, sql: "PRAGMA \(setting)") }
    }

    /// Makes the file keep such a log. GRDB would do it too, but sets `synchronous` back to `NORMAL` with it.
    static func turnOn(_ database: GRDB.Database) throws {
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw GRDB.DatabaseError(message: "its file system allows no write-ahead log")
        }
    }

    /// Empties the log where it is long. The caller holds the file's `WriterLock` and is in no transaction.
    ///
    /// Where somebody reads an old snapshot all the while, it is tried again when the log has grown by `limit`.
    func shorten(_ database: GRDB.Database) {
        let size = self.size
        guard size >= next.load(ordering: .relaxed) else { return }
        // All writers wait meanwhile.
        looks.store(Self.looks(atLogOf: size), ordering: .relaxed)
        defer { looks.store(0, ordering: .relaxed) }
        let isEmptied = (try? database.checkpoint(.truncate)) != nil
        next.store(isEmptied ? Self.limit : size + Self.limit, ordering: .relaxed)
    }

    /// How often to look in a checkpoint: for 25 ms, and for longer the longer the log is, up to a second.
    private static func looks(atLogOf size: Int) -> Int {
        let times = size / limit, milliseconds = min(25 * times * times, 1000)
        return milliseconds <= 100 ? milliseconds : 100 + (milliseconds - 100) / 5
    }

    /// The writer's busy handler: it waits as long as others do, but only a moment in a checkpoint.
    func waits(_ tries: Int) -> Bool {
        let looks = looks.load(ordering: .relaxed)
        return (looks == 0 || tries < looks) && Self.waitsForOthers(tries)
    }

    /// Waits for another process's transaction: 1 ms at first, for promptness, then 5 ms, for about ten seconds in all.
    static func waitsForOthers(_ tries: Int) -> Bool {
        guard tries < 2080 else { return false }
        usleep(tries < 100 ? 1000 : 5000)
        return true
    }

    private var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
