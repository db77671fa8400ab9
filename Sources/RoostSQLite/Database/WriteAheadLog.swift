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

    /// The settings of every connection, before its first statement. No memory mapping: stray writes of this process must not reach the
    /// file (https://www.sqlite.org/mmap.html).
    static let settings = "PRAGMA wal_autocheckpoint = 0; PRAGMA mmap_size = 0"

    /// Empties the log if it is long. The caller holds the file's `WriterLock` and is in no transaction.
    ///
    /// If an old snapshot is still being read, the next attempt follows when the log has grown by `limit`.
    func shorten(_ connection: SQLiteConnection) {
        let size = self.size
        guard size >= next.load(ordering: .relaxed) else { return }
        // All writers wait during this time.
        looks.store(Self.looks(atLogOf: size), ordering: .relaxed)
        defer { looks.store(0, ordering: .relaxed) }
        let isEmptied = (try? connection.truncateLog()) != nil
        next.store(isEmptied ? Self.limit : size + Self.limit, ordering: .relaxed)
    }

    /// The number of checks in a checkpoint: for 25 ms, or longer for a longer log, up to a second.
    private static func looks(atLogOf size: Int) -> Int {
        let times = size / limit, milliseconds = min(25 * times * times, 1000)
        return milliseconds <= 102 ? 18 + milliseconds : 120 + (milliseconds - 102) / 5
    }

    /// The busy handler of the writer: it waits as long as the others, but only briefly in a checkpoint.
    func waits(_ tries: Int) -> Bool {
        let looks = looks.load(ordering: .relaxed)
        return (looks == 0 || tries < looks) && Self.waitsForOthers(tries)
    }

    /// Waits for another process's transaction: 0.1 ms at first, then 1 ms, and then 5 ms each, for about ten seconds in total.
    static func waitsForOthers(_ tries: Int) -> Bool {
        guard tries < 2100 else { return false }
        usleep(tries < 20 ? 100 : tries < 120 ? 1000 : 5000)
        return true
    }

    private var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
