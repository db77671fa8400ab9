import Foundation
import Roost
import RoostHTTP
import RoostSupervisor
import Synchronization

/// Shows what happens to the processes of a system, and their output, with the name of the process before each line.
final class TerminalOutput: Sendable {
    private let name: String
    private let address: HTTPAddress?
    private let width: Int
    private let colours: [String: Int]
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let lock = Mutex<Void>(())
    private let filter: SecretFilter

    /// Creates an output.
    /// - Parameters:
    ///   - name: The name of the system.
    ///   - processes: The names of the processes.
    ///   - address: The address of the system for its users.
    ///   - filter: Removes secrets from the output.
    init(_ name: String, processes: [String], at address: HTTPAddress?, filter: SecretFilter) {
        self.name = name
        self.address = address
        self.filter = filter
        width = processes.map(\.count).max() ?? 0
        // Cyan, yellow, green, magenta, blue, red and their bright variants (ECMA-48 SGR).
        let palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]
        colours = Dictionary(processes.enumerated().map { ($1, palette[$0 % palette.count]) }, uniquingKeysWith: { first, _ in first })
    }

    func show(_ event: SupervisorEvent) {
        switch event {
        case .started: break
        case .ready(let process): note(process, "ready")
        case .line(let process, let text): write(process, text)
        case .exited(let process, let end, let sequel): note(process, "\(end)" + suffix(sequel))
        case .allReady: note(name, "is up\(address.map { " at http://\($0)" } ?? "") (Ctrl-C stops it)")
        case .notReady(let processes, let limit):
            note(name, "giving up: not ready within \(limit): \(processes.joined(separator: ", "))")
        case .stopping(let isRequested, let wereReady):
            if isRequested, !wereReady { note(name, "asked to stop before all were ready") }
            note(name, "stops")
        case .overdue(let process, let grace): note(process, "did not stop within \(grace): killing it")
        case .stopped: note(name, "stopped")
        }
    }

    private func suffix(_ sequel: SupervisorEvent.Sequel) -> String {
        switch sequel {
        case .stop: ""
        case .restart(let pause, let failures):
            "\(failures > 1 ? ", \(failures) times in a row" : ""); restarting in \(pause)"
        case .none(let isTheEnd):
            " and is not restarted: fix what its last line names"
                + (isTheEnd ? "" : ", then start \(name) again. The other services continue without it")
        }
    }

    /// Writes a line about a process, which differs from those that the process writes.
    private func note(_ process: String, _ text: String) { write(process, isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text) }

    private func write(_ process: String, _ text: String) {
        let label = process.padding(toLength: max(width, process.count), withPad: " ", startingAt: 0)
        let mark = isTerminal ? "\u{1B}[\(colours[process] ?? 1)m\(label) |\u{1B}[0m" : "\(label) |"
        let line = Data("\(mark) \(filter.filtered(text))\n".utf8)
        lock.withLock { _ in try? FileHandle.standardOutput.write(contentsOf: line) }
    }
}
