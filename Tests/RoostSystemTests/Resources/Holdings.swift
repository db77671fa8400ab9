import Foundation
import RoostSystemTesting
import Testing

/// The operating system resources of this process.
struct Holdings: CustomStringConvertible {
    /// Open files, sockets, timers and other descriptors.
    let descriptors: Int
    let threads: Int
    /// In MiB.
    let memory: Int

    static var now: Holdings {
        get throws {
            let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
            return Holdings(
                descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
                threads: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count,
                memory: (Int(pages) ?? 0) * Int(getpagesize()) >> 20)
        }
    }

    var description: String { "\(descriptors) descriptors, \(threads) threads, \(memory) MiB" }

    /// Threads that libdispatch keeps for a while, and memory that the allocator keeps.
    private static let spareThreads = 24, spareMemory = 96
    /// The files of a database's connections, which are opened when they are first needed: four that read, each with three files.
    private static let spareDescriptors = 16

    /// Does something many times, and expects that nothing is left of it.
    ///
    /// To be called in a process of its own (`#expect(processExitsWith:)`), as other tests would be counted too.
    /// - Parameters:
    ///   - rounds: how often, once what is made only once has been made.
    ///   - limit: how long what was closed last may take to be gone.
    ///   - body: what leaves nothing behind. Each leak of a descriptor a round would be seen many times over.
    static func afterwards(rounds: Int, within limit: Duration = .seconds(30), _ body: () async throws -> Void) async throws {
        for _ in 0..<min(rounds, 20) { try await body() }
        var before = try now
        // The descriptors of the first rounds may take a moment to be released.
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(25))
            before = Holdings(
                descriptors: try min(before.descriptors, now.descriptors), threads: try now.threads, memory: try now.memory)
        }
        for _ in 0..<rounds { try await body() }
        try await eventually("no more than \(before), not \((try? now)?.description ?? "")", within: limit) {
            let after = try now
            return after.descriptors <= before.descriptors + spareDescriptors && after.threads <= before.threads + spareThreads
                && after.memory <= before.memory + spareMemory
        }
    }
}
