import Foundation
import Roost
import RoostData
import RoostSQLite
import RoostWork

/// A job of the tests.
@Schema
struct Chore {
    var name: String
}

/// A worker that may be killed or stopped at any moment. It writes a line when it has begun a job, when the job is done, and when it was
/// another's.
///
///     work-crash-helper DIRECTORY NAME LEASE     works on the queue `chores` of DIRECTORY/test.db, under a lease of so many milliseconds
///
/// It ends a job once there is a file `go-NAME` in the directory.
@main struct Helper {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let lease = Int(arguments[3]) else { return print("usage: work-crash-helper DIRECTORY NAME LEASE") }
        // No process stays behind, whatever becomes of its parent.
        alarm(120)
        let name = arguments[2], go = "\(arguments[1])/go-\(name)"
        let done = Migration("done", "CREATE TABLE done (chore TEXT NOT NULL, worker TEXT NOT NULL)")
        let database = try await Database.open("sqlite:\(arguments[1])/test.db", migrations: WorkTables.migrations + [done])
        let options = WorkOptions(concurrency: 2, lease: .milliseconds(lease), poll: .milliseconds(20))
        report("ready")
        await WorkQueue<Chore>("chores", in: database, options: options).run { chore in
            report("began \(chore.job.name)")
            // A worker whose lease is over is cancelled, which this one does not heed: the fence must hold all the same.
            try await Task {
                // Nothing tells when this changes, so it is asked again.
                while !FileManager.default.fileExists(atPath: go) { try await Task.sleep(for: .milliseconds(5)) }
                do {
                    try await database.transaction { transaction in
                        try await transaction.execute("INSERT INTO done VALUES (\(chore.job.name), \(name))")
                        try await chore.finish(in: transaction)
                    }
                    report("done \(chore.job.name)")
                } catch let lost as DatabaseError where lost.code == .jobLost {
                    report("lost \(chore.job.name)")
                    throw lost
                }
            }.value
        }
    }

    private static func report(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
