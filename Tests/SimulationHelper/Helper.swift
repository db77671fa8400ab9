import Foundation
import Simulation

/// Simulates the engines of the toolkit:
///
///     simulation-helper SCENARIO SEED      prints what happens, and what is wrong at the end
///
/// The exit code is 1 if something is wrong. The same seed prints the same text.
@main struct Helper {
    private static let scenarios: [String: @Sendable (String) async throws -> Void] = [
        "events": { try await EventsScenario.run(in: $0) },
        "wakeups": { try await WakeUpScenario.run(in: $0) },
        "work": { try await WorkScenario.run(in: $0) },
        "workflow": { try await WorkflowScenario.run(in: $0) },
    ]

    static func main() {
        Simulation.prepare()
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let scenario = scenarios[arguments[1]], let seed = UInt64(arguments[2]) else {
            print("usage: simulation-helper \(scenarios.keys.sorted().joined(separator: "|")) SEED")
            exit(2)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulation-\(ProcessInfo.processInfo.processIdentifier)").path
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            try Simulation.run(seed: seed, limit: .seconds(2 * 3600)) { try await scenario(folder) }
        } catch {
            print("fault: \(error)")
            exit(1)
        }
        print("done after \(Simulation.time), digest \(String(Simulation.digest, radix: 16))")
    }
}

/// Prints what happens, with the virtual time.
func trace(_ what: String) { print("\(Int(Simulation.time / .milliseconds(1))) \(what)") }
