import Foundation
import Roost
import RoostData
import RoostSQLite

/// One of several processes that write to and read from the same database file.
///
///     data-stress-helper DIRECTORY NAME COUNT     writes COUNT rows of 64 KiB, and a line after each commit
@main struct Helper {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else { return print("usage: data-stress-helper DIRECTORY NAME COUNT") }
        // No process is left behind, whatever happens to its parent.
        alarm(600)
        let rows = Migration("rows", "CREATE TABLE rows (writer TEXT, number INTEGER, content BLOB, PRIMARY KEY (writer, number))")
        let database = try await whenFree { try await Database.open("sqlite:\(arguments[1])/test.db", migrations: [rows]) },
            name = arguments[2]
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Readers keep the log from being emptied at any time.
            for _ in 0..<2 {
                group.addTask {
                    while !Task.isCancelled {
                        try await whenFree {
                            _ = try await database.query("SELECT max(content) FROM (SELECT content FROM rows ORDER BY rowid DESC LIMIT 50)")
                        }
                    }
                }
            }
            for number in 1...count {
                try await whenFree {
                    try await database.transaction { transaction in
                        let content = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 65536)
                        try await transaction.execute("INSERT INTO rows VALUES (\(name), \(number), \(content))")
                    }
                }
                FileHandle.standardOutput.write(Data("\(number)\n".utf8))
            }
            group.cancelAll()
        }
        await database.close()
    }

    /// Runs an operation, and repeats it while the database is busy. On a slow disk, the other processes can take longer than a transaction
    /// waits.
    private static func whenFree<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        while true {
            do { return try await body() } catch let problem as Problem where problem.status == .unavailable {}
        }
    }
}
