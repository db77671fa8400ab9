#if os(Linux)
import Foundation
import TestTools
import Testing

/// The queue and the workflows on it are simulated in a process of its own, on virtual time and in an order that a seed decides. `SIM_SEED=n` repeats the run of one
/// seed, and `SIM_SEEDS=n` runs more of them.
@Suite(.timeLimit(.minutes(10))) struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static var seeds: [UInt64] {
        if let seed = environment["SIM_SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(1...(environment["SIM_SEEDS"].flatMap { UInt64($0) } ?? 12))
    }

    private func run(_ scenario: String, _ seed: UInt64) async throws -> (status: Int32, trace: String) {
        let process = try await TestProcess.start("simulation-helper", [scenario, String(seed)])
        return (await process.end(), process.text)
    }

    @Test(arguments: ["work", "wakeups", "events", "workflow"], seeds) func promisesAreKept(scenario: String, seed: UInt64) async throws {
        let result = try await run(scenario, seed)
        #expect(result.status == 0, "SIM_SEED=\(seed) repeats this run of \(scenario):\n\(result.trace.suffix(4000))")
    }

    @Test(arguments: ["work", "wakeups", "events", "workflow"]) func theSameSeedIsTheSameRun(scenario: String) async throws {
        let first = try await run(scenario, 7), second = try await run(scenario, 7), other = try await run(scenario, 8)
        #expect(first.trace == second.trace)
        #expect(first.trace != other.trace)
    }

    /// Otherwise the simulation proves nothing.
    @Test(arguments: [
        ("work", ["begun", "fenced", "full", "jumps", "killed", "refused", "stopped"]),
        ("events", ["begun", "full", "jumps", "killed", "refused", "stopped"]), ("workflow", ["full", "jumps", "killed", "stopped"]),
    ])
    func somethingGoesWrongInTheSimulation(scenario: String, faults: [String]) async throws {
        var counts: [String: Int] = [:]
        for seed in 1...8 as ClosedRange<UInt64> {
            let summary = try await run(scenario, seed).trace.split(separator: "\n").dropLast().last ?? ""
            for part in summary.drop(while: { $0 != " " }).split(separator: ",") {
                let words = part.split(separator: " ")
                guard words.count == 2, let number = Int(words[1]) else { continue }
                counts[String(words[0]), default: 0] += number
            }
        }
        for fault in faults { #expect(counts[fault, default: 0] > 0, "\(fault)") }
    }
}
#endif
