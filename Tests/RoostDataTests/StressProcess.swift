import Foundation
import RoostTesting
import TestTools

/// A process of `data-stress-helper`.
enum StressProcess {
    /// Runs until it ends, or until it has written so many lines and is killed with SIGKILL.
    /// - Returns: The last number that it acknowledged.
    static func run(in directory: TemporaryFolder, _ name: String, count: Int, killedAfter limit: Int?) async throws -> Int {
        let process = try await TestProcess.start("data-stress-helper", [directory.path, name, String(count)])
        var last = 0
        while let line = await process.line() {
            guard let number = Int(line) else { continue }
            last = number
            if number == limit { process.send(SIGKILL) }
        }
        return last
    }
}
