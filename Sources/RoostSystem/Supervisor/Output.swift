import Foundation
import Roost
import Synchronization

/// Writes the output of a system's processes, with the name of the process before each line.
final class Output: Sendable {
    private let width: Int
    private let colours: [String: Int]
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private let lock = Mutex<Void>(())
    private let filter: SecretFilter

    /// Creates an output.
    /// - Parameters:
    ///   - names: The names of the processes.
    ///   - filter: Removes secrets from the output.
    init(names: [String], filter: SecretFilter) {
        self.filter = filter
        width = names.map(\.count).max() ?? 0
        // Cyan, yellow, green, magenta, blue, red and their bright variants (ECMA-48 SGR).
        let palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]
        colours = Dictionary(names.enumerated().map { ($1, palette[$0 % palette.count]) }, uniquingKeysWith: { first, _ in first })
    }

    /// Writes a line of a process.
    func line(_ name: String, _ text: String) { write(name, text) }

    /// Writes a line about a process.
    func note(_ name: String, _ text: String) { write(name, isTerminal ? "\u{1B}[1m\(text)\u{1B}[0m" : text) }

    private func write(_ name: String, _ text: String) {
        let label = name.padding(toLength: max(width, name.count), withPad: " ", startingAt: 0)
        let mark = isTerminal ? "\u{1B}[\(colours[name] ?? 1)m\(label) |\u{1B}[0m" : "\(label) |"
        let line = Data("\(mark) \(filter.filtered(text))\n".utf8)
        lock.withLock { _ in try? FileHandle.standardOutput.write(contentsOf: line) }
    }
}
