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

/// Keeps the write-ahead log of a database file short.
///
/// SQLite before 3.51.3 can corrupt a database if one connection runs a checkpoint while another one commits, which the automatic
/// checkpoint of a commit can do (https://www.sqlite.org/wal.html, "The WAL-Reset Bug"). Automatic checkpoints are therefore turned off.
/// Instead, the connection whose commit made the log long empties it afterwards, while it still holds the file's `WriterLock`, with a
/// checkpoint that also holds SQLite's own writer lock (`TRUNCATE`): one at a time, and never during a commit.
final class WriteAheadLog: Sendable {
    private let path: String
    /// How often a checkpoint in progress checks whether the readers of older snapshots have finished.
    private let looks = Atomic(0)
    /// The size in bytes at which the log is emptied.
    private let next: Atomic<Int>

    /// 4 MiB: a thousand pages, as in SQLite itself.
    static let limit = 4 << 20

    init(of path: String) {
        self.path = path + "-wal"
        next = Atomic(Self.limit)
    }

    /// Sets up a connection before its first statement.
    static func prepare(_ database: GRDB.Database) throws {
        // No memory mapping: stray writes of this process must not reach the file (https://www.sqlite.org/mmap.html).
        for setting in ["wal_autocheckpoint = 0", "mmap_size = 0"] { _ = try Int.fetchOne(database, sql: "PRAGMA \(setting)") }
    }

    /// Turns on the write-ahead log. GRDB would do so too, but also resets `synchronous` to `NORMAL`.
    static func turnOn(_ database: GRDB.Database) throws {
        guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
            throw GRDB.DatabaseError(message: "its file system does not support a write-ahead log")
        }
    }

    /// Empties the log if it is long. The caller holds the file's `WriterLock` and is in no transaction.
    ///
    /// If an old snapshot is still being read, the next attempt follows when the log has grown by `limit`.
    func shorten(_ database: GRDB.Database) {
        let size = self.size
        guard size >= next.load(ordering: .relaxed) else { return }
        // All writers wait during this time.
        looks.store(Self.looks(atLogOf: size), ordering: .relaxed)
        defer { looks.store(0, ordering: .relaxed) }
        let isEmptied = (try? database.checkpoint(.truncate)) != nil
        next.store(isEmptied ? Self.limit : size + Self.limit, ordering: .relaxed)
    }

    /// The number of checks in a checkpoint: for 25 ms, or longer for a longer log, up to a second.
    private static func looks(atLogOf size: Int) -> Int {
        let times = size / limit, milliseconds = min(25 * times * times, 1000)
        return milliseconds <= 100 ? milliseconds : 100 + (milliseconds - 100) / 5
    }

    /// The busy handler of the writer: it waits as long as the others, but only briefly in a checkpoint.
    func waits(_ tries: Int) -> Bool {
        let looks = looks.load(ordering: .relaxed)
        return (looks == 0 || tries < looks) && Self.waitsForOthers(tries)
    }

    /// Waits for another process's transaction: 1 ms at first, and then 5 ms each, for about ten seconds in total.
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
